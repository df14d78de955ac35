import CostModel

/// One connection on one token, number by number, from equations 3 to 9.
///
/// Every function is one row of the unfused ledger, or a part of one, and begins from what the ledger says is at hand.
struct CountedConnection {
  let mixing: CountedMixing
  let C: Int
  var x, y, gradNext, gradU: [Counted]
  /// φ by outputs, α, b.
  var phi: [[Counted]]
  var alpha, bias: [Counted]

  // What the forward pass makes.
  var projection: [Counted] = []
  var roots: [Counted] = []
  var pre: [Counted] = []
  var post: [Counted] = []
  var res: [Counted] = []

  // What the backward pass makes.
  var gradPre: [Counted] = []
  var gradPost: [Counted] = []
  var gradRes: [Counted] = []
  var gradLogits: [Counted] = []
  var gradX: [Counted] = []
  var gradY: [Counted] = []
  var gradProjection: [Counted] = []
  var along: [Counted] = []
  var gradPhi: [[Counted]] = []
  var gradAlpha: [Counted] = []
  var gradBias: [Counted] = []

  var n: Int { mixing.n }
  var isHyper: Bool { mixing.connection == .hyper }
  var mixes: Bool { mixing.connection != .identity }
  /// Outputs that make the coefficients: 2n and the logits.
  var width: Int { 2 * n + mixing.logitCount }

  init(_ connection: Connection, streams: Int, channels: Int, iterations: Int = 3, using random: inout TestNumbers) {
    mixing = CountedMixing(connection: connection, n: streams, iterations: iterations)
    C = channels
    x = random.numbers(streams * channels)
    y = random.numbers(channels)
    gradNext = random.numbers(streams * channels)
    gradU = random.numbers(channels)
    let outputs = connection == .hyper ? streams + 2 : 2 * streams + mixing.logitCount
    let inputs = connection == .hyper ? channels : streams * channels
    phi = (0..<outputs).map { _ in random.numbers(inputs) }
    alpha = random.numbers(connection == .identity ? 2 : 3)
    bias = random.numbers(2 * streams + mixing.logitCount)
    gradX = Array(repeating: Counted(0), count: streams * channels)
    gradPhi = phi.map { $0.map { _ in Counted(0) } }
    gradAlpha = alpha.map { _ in Counted(0) }
    gradBias = bias.map { _ in Counted(0) }
  }

  /// Which scale coefficient `j` has.
  func group(_ j: Int) -> Int { j < n ? 0 : j < 2 * n ? 1 : 2 }
  func stream(_ i: Int) -> Range<Int> { i * C..<(i + 1) * C }

  // MARK: Forward

  /// Equations 14 and 15; HC: the norm and θ x̃ of equation 5.
  mutating func project() {
    let (inputs, rows) = isHyper ? (C, n) : (n * C, 1)
    projection = []
    roots = []
    for row in 0..<rows {
      let input = Array(x[row * inputs..<(row + 1) * inputs])
      roots.append(Counted.root(Counted.dot(zip(input, input)) / Counted(Double(inputs))))
      guard isHyper else {
        projection = phi.map { Counted.dot(zip(input, $0)) }
        continue
      }
      let inverse = Counted(1) / roots[row]
      let normalized = input.map { $0 * inverse }
      projection += phi.map { Counted.dot(zip(normalized, $0)) }
    }
  }

  /// Equations 16 to 18; HC: tanh, α and b, the tangents taking the place of the projection.
  mutating func activate() -> [Counted] {
    guard isHyper else {
      let raw = logits(0..<width)
      pre = raw[..<n].map { sigmoid($0) }
      post = raw[n..<2 * n].map { Counted(2) * sigmoid($0) }
      return Array(raw[(2 * n)...])
    }
    projection = projection.map { Counted.tangent($0) }
    let raw = (0..<width).map { alpha[group($0)] * projection[hyperPlace($0)] + bias[$0] }
    (pre, post) = (Array(raw[..<n]), Array(raw[n..<2 * n]))
    return Array(raw[(2 * n)...])
  }

  /// Where coefficient `j` is among the projection's outputs, n+2 a stream: H_pre, H_post, a column of H_res.
  func hyperPlace(_ j: Int) -> Int {
    switch group(j) {
    case 0: j * (n + 2)
    case 1: (j - n) * (n + 2) + 1
    default: (j - 2 * n) % n * (n + 2) + 2 + (j - 2 * n) / n
    }
  }

  /// (α/r) p + b of some of the outputs.
  func logits(_ outputs: Range<Int>) -> [Counted] {
    let inverse = Counted(1) / roots[0]
    let scales = Set(outputs.map(group)).sorted().map { ($0, alpha[$0] * inverse) }
    let byGroup = Dictionary(uniqueKeysWithValues: scales)
    return outputs.map { projection[$0] * (byGroup[group($0)] ?? Counted(0)) + bias[$0] }
  }

  func sigmoid(_ value: Counted) -> Counted { Counted(1) / (Counted(1) + Counted.exponential(-value)) }

  func preMix() -> [Counted] {
    (0..<C).map { c in Counted.dot((0..<n).map { (pre[$0], x[$0 * C + c]) }) }
  }
  func postMix() -> [Counted] { (0..<n * C).map { post[$0 / C] * y[$0 % C] } }
  func resMix() -> [Counted] {
    (0..<n * C).map { at in Counted.dot((0..<n).map { (res[at / C * n + $0], x[$0 * C + at % C]) }) }
  }

  // MARK: Backward

  mutating func resBackward() {
    gradX = (0..<n * C).map { at in Counted.dot((0..<n).map { (res[$0 * n + at / C], gradNext[$0 * C + at % C]) }) }
    mixGradients()
  }
  mutating func mixGradients() {
    gradRes = (0..<n * n).map { Counted.dot(zip(gradNext[stream($0 / n)], x[stream($0 % n)])) }
  }
  mutating func postBackward() {
    gradY = (0..<C).map { c in Counted.dot((0..<n).map { (post[$0], gradNext[$0 * C + c]) }) }
    gradPost = (0..<n).map { Counted.dot(zip(gradNext[stream($0)], y)) }
  }
  /// To a tensor of its own.
  mutating func preBackward() -> [Counted] {
    gradPre = (0..<n).map { Counted.dot(zip(x[stream($0)], gradU)) }
    return (0..<n * C).map { pre[$0 / C] * gradU[$0 % C] }
  }
  /// Into the stream's gradient.
  mutating func preBackwardInPlace() {
    gradPre = (0..<n).map { Counted.dot(zip(x[stream($0)], gradU)) }
    for at in gradX.indices { gradX[at] = gradX[at] + pre[at / C] * gradU[at % C] }
  }

  /// Equations 16 to 18 backwards, σ and the scales made again from what is kept.
  mutating func activateBackward() {
    if isHyper { return hyperActivateBackward() }
    let inverse = Counted(1) / roots[0]
    let scales = alpha.map { $0 * inverse }
    var gradient = (0..<2 * n).map { j in
      let open = sigmoid(projection[j] * scales[group(j)] + bias[j])
      let incoming = j < n ? gradPre[j] : Counted(2) * gradPost[j - n]
      return incoming * (open * (Counted(1) - open))
    }
    gradient += gradLogits
    var sums = alpha.map { _ in Counted(0) }
    gradProjection = gradient.enumerated().map { j, gradient in
      gradBias[j] = gradBias[j] + gradient
      sums[group(j)] = sums[group(j)] + gradient * projection[j]
      return gradient * scales[group(j)]
    }
    for g in alpha.indices { gradAlpha[g] = gradAlpha[g] + sums[g] * inverse }
    let total = Counted.dot(zip(sums, alpha))
    along = [-(total / (roots[0] * roots[0] * (roots[0] * Counted(Double(n * C)))))]
  }

  private mutating func hyperActivateBackward() {
    let gradient = gradPre + gradPost + gradLogits
    gradProjection = projection
    let inverses = roots.map { Counted(1) / $0 }
    let scales = inverses.map { inverse in alpha.map { $0 * inverse } }
    for j in gradient.indices {
      let (at, bent) = (hyperPlace(j), projection[hyperPlace(j)])
      let product = gradient[j] * bent
      gradBias[j] = gradBias[j] + gradient[j]
      gradAlpha[group(j)] = gradAlpha[group(j)] + product
      gradProjection[at] = (gradient[j] - product * bent) * scales[at / (n + 2)][group(j)]
    }
  }

  /// Equations 14 and 15 backwards, the norm included, onto `start`.
  mutating func projectBackward(onto start: [Counted]) -> [Counted] {
    let (inputs, rows) = isHyper ? (C, n) : (n * C, 1)
    var result = start
    for row in 0..<rows {
      let range = row * inputs..<(row + 1) * inputs
      let back = isHyper ? Array(gradProjection[row * (n + 2)..<(row + 1) * (n + 2)]) : gradProjection
      for (j, gradient) in back.enumerated() {
        for k in 0..<inputs { gradPhi[j][k] = gradPhi[j][k] + gradient * x[range.lowerBound + k] }
      }
      for k in 0..<inputs {
        result[range.lowerBound + k] = Counted.dot(
          back.indices.map { (back[$0], phi[$0][k]) }, from: result[range.lowerBound + k])
      }
      if isHyper {
        // −x̂ (x̂·g) / C r² for g the gradient through the product alone, which starts from zero.
        let dot = Counted.dot(zip(x[range], result[range]))
        along.append(-(dot / (roots[row] * (roots[row] * Counted(Double(C))))))
      }
      let factor = along[row]
      for at in range { result[at] = result[at] + factor * x[at] }
    }
    return result
  }
}

/// Seeded numbers around zero.
struct TestNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func numbers(_ count: Int) -> [Counted] {
    (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Counted(Double(state >> 40) / Double(1 << 24) * 2 - 1)
    }
  }
}
