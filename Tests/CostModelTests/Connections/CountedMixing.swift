import CostModel

/// From logits to H_res and back, number by number, for every connection that mixes.
struct CountedMixing {
  let connection: Connection
  let n: Int
  let iterations: Int

  /// Logits that make H_res.
  var logitCount: Int {
    switch connection {
    case .lite: (1...n).reduce(1, *)
    case .kronecker: 2 * n.trailingZeroBitCount
    case .identity, .residual: 0
    case .hyper, .manifold: n * n
    }
  }

  func forward(_ logits: [Counted]) -> [Counted] {
    switch connection {
    case .manifold: return sinkhorn(logits).last ?? []
    case .lite:
      let weights = softmax(logits)
      var matrix = Array(repeating: Counted(0), count: n * n)
      for (weight, permutation) in zip(weights, permutations) {
        for i in 0..<n { matrix[i * n + permutation[i]] = matrix[i * n + permutation[i]] + weight }
      }
      return matrix
    case .kronecker:
      let factors = self.factors(logits)
      return (0..<n * n).map { entry in
        let weights = factors.indices.map { factors[$0][side(entry, $0)] }
        return weights.dropFirst().reduce(weights[0]) { $0 * $1 }
      }
    case .hyper, .identity, .residual: return logits
    }
  }

  /// The logits' gradient; everything in between is made again.
  func backward(_ logits: [Counted], _ gradient: [Counted]) -> [Counted] {
    switch connection {
    case .manifold:
      let matrices = sinkhorn(logits)
      var gradient = gradient
      for step in (1..<matrices.count).reversed() {
        // M' = M / s: dM = (dM' − Σ dM' M') / s, the sums having been made on the way forward.
        for line in lines(step) {
          let dot = Counted.dot(line.map { (gradient[$0], matrices[step][$0]) })
          for at in line { gradient[at] = (gradient[at] - dot) / Counted(sum(matrices[step - 1], line)) }
        }
      }
      return zip(gradient, matrices[0]).map { $0 * $1 }
    case .lite:
      let weights = softmax(logits)
      let ofWeights = permutations.map { permutation in
        (0..<n).reduce(Counted(0)) { $0 + gradient[$1 * n + permutation[$1]] }
      }
      return softmaxBackward(weights, ofWeights)
    case .kronecker:
      let factors = self.factors(logits)
      return factors.indices.flatMap { k in
        var ofWeights = [Counted(0), Counted(0)]
        for entry in 0..<n * n {
          let others = factors.indices.filter { $0 != k }.map { factors[$0][side(entry, $0)] }
          let part = others.reduce(gradient[entry]) { $0 * $1 }
          ofWeights[side(entry, k)] = ofWeights[side(entry, k)] + part
        }
        return softmaxBackward(factors[k], ofWeights)
      }
    case .hyper, .identity, .residual: return gradient
    }
  }

  /// The exponential and every normalisation after it, columns first.
  private func sinkhorn(_ logits: [Counted]) -> [[Counted]] {
    let largest = logits.map(\.value).max() ?? 0
    var matrices = [logits.map { Counted.exponential($0 - Counted(largest)) }]
    for step in 1...2 * iterations {
      var matrix = matrices[step - 1]
      for line in lines(step) {
        let total = Counted.sum(line.map { matrix[$0] })
        for at in line { matrix[at] = matrix[at] / total }
      }
      matrices.append(matrix)
    }
    return matrices
  }

  private func sum(_ matrix: [Counted], _ line: [Int]) -> Double { line.reduce(0) { $0 + matrix[$1].value } }

  /// Columns in odd steps, rows in even ones.
  private func lines(_ step: Int) -> [[Int]] {
    (0..<n).map { line in (0..<n).map { step % 2 == 1 ? $0 * n + line : line * n + $0 } }
  }

  private func softmax(_ logits: [Counted]) -> [Counted] {
    let largest = logits.map(\.value).max() ?? 0
    let exponentials = logits.map { Counted.exponential($0 - Counted(largest)) }
    let total = Counted.sum(exponentials)
    return exponentials.map { $0 / total }
  }

  private func softmaxBackward(_ weights: [Counted], _ gradient: [Counted]) -> [Counted] {
    let dot = Counted.dot(zip(weights, gradient))
    return zip(weights, gradient).map { $0 * ($1 - dot) }
  }

  private func factors(_ logits: [Counted]) -> [[Counted]] {
    stride(from: 0, to: logits.count, by: 2).map { softmax([logits[$0], logits[$0 + 1]]) }
  }

  /// Whether bit k of an entry's row and column agree (0) or differ (1).
  private func side(_ entry: Int, _ k: Int) -> Int { ((entry / n) ^ (entry % n)) >> k & 1 }

  private var permutations: [[Int]] {
    var all: [[Int]] = [[]]
    for _ in 0..<n { all = all.flatMap { head in (0..<n).filter { !head.contains($0) }.map { head + [$0] } } }
    return all
  }
}
