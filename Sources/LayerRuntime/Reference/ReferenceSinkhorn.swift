/// Sinkhorn-Knopp on one n×n matrix, forward and backward, by plain loops.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (9), §4.2; the other forms as the ``SinkhornForm`` says.
struct ReferenceSinkhorn<Scalar: LayerScalar> {
  let n: Int
  let convention: Convention

  /// One normalisation that was done: its direction, its sums, and which of them ε did not replace.
  private struct Step {
    var alongRows: Bool
    var sums: [Scalar]
    var follows: [Bool]
    var output: [Scalar]
  }

  /// H_res from its logits.
  func forward(_ logits: [Scalar]) -> [Scalar] {
    if convention.sinkhorn == .logarithmic { return logarithmic(logits).output }
    let (start, steps) = run(logits)
    return steps.last?.output ?? start
  }

  /// The logits' gradient from that of H_res; every intermediate is made again.
  func backward(_ logits: [Scalar], _ gradient: [Scalar]) -> [Scalar] {
    if convention.sinkhorn == .logarithmic { return logarithmicBackward(logits, gradient) }
    let (start, steps) = run(logits)
    var gradient = gradient
    for step in steps.reversed() {
      for line in 0..<n {
        // M' = M / s, so dM = (dM' − Σ dM' M') / s; without the sum where s is ε and not the sum of M.
        var dot = Scalar(0)
        if step.follows[line] {
          for k in 0..<n {
            let at = index(line, k, step.alongRows)
            dot = dot + gradient[at] * step.output[at]
          }
        }
        for k in 0..<n {
          let at = index(line, k, step.alongRows)
          gradient[at] = (gradient[at] - dot) / step.sums[line]
        }
      }
    }
    guard convention.sinkhorn == .softmaxEpsilon else {
      return (0..<n * n).map { gradient[$0] * start[$0] }
    }
    for i in 0..<n {
      var dot = Scalar(0)
      for j in 0..<n { dot = dot + gradient[i * n + j] * start[i * n + j] }
      for j in 0..<n { gradient[i * n + j] = start[i * n + j] * (gradient[i * n + j] - dot) }
    }
    return gradient
  }

  private func index(_ line: Int, _ k: Int, _ alongRows: Bool) -> Int { alongRows ? line * n + k : k * n + line }

  /// The exponential or softmax, and every normalisation after it.
  private func run(_ logits: [Scalar]) -> (start: [Scalar], steps: [Step]) {
    var start = logits
    // Of the lines that are divided by their sums first: no sum of theirs is zero then.
    let alongRows = convention.sinkhorn != .columnRow
    for line in 0..<n {
      let places = (0..<n).map { index(line, $0, alongRows) }
      let shift = largest(places.map { logits[$0] })
      for place in places { start[place] = (logits[place] - shift).exponential() }
    }
    var matrix = start
    var directions = Array(repeating: [true, false], count: convention.iterations).flatMap { $0 }
    switch convention.sinkhorn {
    case .softmaxEpsilon:
      for i in 0..<n {
        let sum = self.sum(start, i, alongRows: true)
        for j in 0..<n { start[i * n + j] = start[i * n + j] / sum }
      }
      matrix = start.map { $0 + Scalar(convention.sinkhornEpsilon) }
      directions.removeFirst()
    case .columnRow: directions = directions.map { !$0 }
    case .expRowColumn, .logarithmic: break
    }
    var steps: [Step] = []
    for alongRows in directions {
      var step = Step(alongRows: alongRows, sums: [], follows: [], output: matrix)
      for line in 0..<n {
        let (sum, follows) = divisor(self.sum(matrix, line, alongRows: alongRows))
        for k in 0..<n {
          let at = index(line, k, alongRows)
          step.output[at] = matrix[at] / sum
        }
        step.sums.append(sum)
        step.follows.append(follows)
      }
      matrix = step.output
      steps.append(step)
    }
    return (start, steps)
  }

  private func divisor(_ sum: Scalar) -> (Scalar, follows: Bool) {
    let epsilon = Scalar(convention.sinkhornEpsilon)
    switch convention.sinkhorn {
    case .softmaxEpsilon: return (sum + epsilon, true)
    case .expRowColumn: return sum < epsilon ? (epsilon, false) : (sum, true)
    case .columnRow, .logarithmic: return (sum, true)
    }
  }

  private func sum(_ matrix: [Scalar], _ line: Int, alongRows: Bool) -> Scalar {
    (1..<n).reduce(matrix[index(line, 0, alongRows)]) { $0 + matrix[index(line, $1, alongRows)] }
  }

  private func largest(_ values: [Scalar]) -> Scalar {
    values.dropFirst().reduce(values[0]) { $0 < $1 ? $1 : $0 }
  }
}

extension ReferenceSinkhorn {
  /// f_i = −log Σ_j exp(L_ij + g_j), then g_j = −log Σ_i exp(L_ij + f_i); H = exp(L + f + g).
  private func logarithmic(_ logits: [Scalar]) -> (output: [Scalar], f: [[Scalar]], g: [[Scalar]]) {
    var (f, g) = ([[Scalar]](), [[Scalar](repeating: Scalar(0), count: n)])
    for _ in 0..<convention.iterations {
      let last = g[g.count - 1]
      let rows = (0..<n).map { i in -logSum((0..<n).map { logits[i * n + $0] + last[$0] }) }
      f.append(rows)
      g.append((0..<n).map { j in -logSum((0..<n).map { logits[$0 * n + j] + rows[$0] }) })
    }
    return (weights(logits, f[f.count - 1], g[g.count - 1]), f, g)
  }

  /// Each potential's gradient is spread over the weights that its sum was made of.
  private func logarithmicBackward(_ logits: [Scalar], _ gradient: [Scalar]) -> [Scalar] {
    let (output, f, g) = logarithmic(logits)
    var result = (0..<n * n).map { gradient[$0] * output[$0] }
    var (rows, columns) = ([Scalar](repeating: Scalar(0), count: n), [Scalar](repeating: Scalar(0), count: n))
    for i in 0..<n {
      for j in 0..<n {
        rows[i] = rows[i] + result[i * n + j]
        columns[j] = columns[j] + result[i * n + j]
      }
    }
    for step in (0..<convention.iterations).reversed() {
      let ofColumns = weights(logits, f[step], g[step + 1])
      for i in 0..<n {
        for j in 0..<n {
          let part = columns[j] * ofColumns[i * n + j]
          result[i * n + j] = result[i * n + j] - part
          rows[i] = rows[i] - part
        }
      }
      let ofRows = weights(logits, f[step], g[step])
      columns = [Scalar](repeating: Scalar(0), count: n)
      for i in 0..<n {
        for j in 0..<n {
          let part = rows[i] * ofRows[i * n + j]
          result[i * n + j] = result[i * n + j] - part
          columns[j] = columns[j] - part
        }
      }
      rows = [Scalar](repeating: Scalar(0), count: n)
    }
    return result
  }

  private func weights(_ logits: [Scalar], _ f: [Scalar], _ g: [Scalar]) -> [Scalar] {
    (0..<n * n).map { (logits[$0] + f[$0 / n] + g[$0 % n]).exponential() }
  }

  private func logSum(_ values: [Scalar]) -> Scalar {
    let shift = largest(values)
    return values.map { ($0 - shift).exponential() }.reduce(Scalar(0), +).logarithm() + shift
  }
}
