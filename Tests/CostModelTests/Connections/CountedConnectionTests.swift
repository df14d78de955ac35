import CostModel
import Testing

/// The ledger's arithmetic against counts of a connection computed number by number from the paper's equations.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (3), (5), §3; Eq. (7) to (9), §4.2; Eq. (14) to (19), §4.3.1.
@Suite struct CountedConnectionTests {
  static let cases: [(Connection, Int, Int)] = [
    (.hyper, 1, 3), (.hyper, 2, 5), (.hyper, 4, 6), (.manifold, 1, 4), (.manifold, 2, 5), (.manifold, 4, 6),
    (.manifold, 5, 3), (.identity, 1, 3), (.identity, 4, 5), (.lite, 2, 4), (.lite, 3, 5), (.lite, 4, 3),
    (.kronecker, 2, 5), (.kronecker, 4, 3), (.kronecker, 8, 2),
  ]

  /// A connection after its forward pass, ready for its backward pass.
  private func run(_ kind: Connection, _ n: Int, _ C: Int) -> CountedConnection {
    var random = TestNumbers(seed: UInt64(100 * n + C))
    var one = CountedConnection(kind, streams: n, channels: C, using: &random)
    one.project()
    one.res = one.mixing.forward(one.activate())
    return one
  }

  private func expect(
    _ row: String, of pass: PassLedger, _ n: Int, _ C: Int, sourceLocation: SourceLocation = #_sourceLocation,
    counts body: () -> Void
  ) throws {
    let operation = try #require(
      pass.operations.first { $0.name == row }, "\(row)", sourceLocation: sourceLocation)
    let values = SymbolValues(streams: n, channels: C, sinkhornIterations: 3)
    let ledger = try Counted.Tally(operation.arithmetic, at: values)
    #expect(Counted.counting(body) == ledger, "\(row), n = \(n), C = \(C)", sourceLocation: sourceLocation)
  }

  @Test(arguments: cases)
  func `every unfused row forward takes what it takes number by number`(_ kind: Connection, _ n: Int, _ C: Int) throws {
    let forward = try #require(ConnectionLedger.of(kind, fusion: .unfused)).forward
    var one = run(kind, n, C)
    try expect("coefficients", of: forward, n, C) {
      one.project()
      one.res = one.mixing.forward(one.activate())
    }
    try expect("pre-mix", of: forward, n, C) { _ = one.preMix() }
    try expect("post", of: forward, n, C) { _ = one.postMix() }
    if one.mixes { try expect("res-mix", of: forward, n, C) { _ = one.resMix() } }
    let (left, right) = (one.x, one.gradNext)
    try expect("merge", of: forward, n, C) { _ = zip(left, right).map { $0 + $1 } }
    #expect(forward.operations.count == (one.mixes ? 5 : 4))
  }

  @Test(arguments: cases)
  func `every unfused row backward takes what it takes number by number`(
    _ kind: Connection, _ n: Int, _ C: Int
  ) throws {
    let backward = try #require(ConnectionLedger.of(kind, fusion: .unfused)).backward
    var one = run(kind, n, C)
    if one.mixes { try expect("res-mix backward", of: backward, n, C) { one.resBackward() } }
    try expect("post backward", of: backward, n, C) { one.postBackward() }
    try expect("pre-mix backward", of: backward, n, C) { _ = one.preBackward() }
    try expect("coefficients backward", of: backward, n, C) {
      one.gradLogits = remakeAndConstrain(&one, scalesAtHand: true)
      one.activateBackward()
      _ = one.projectBackward(onto: one.x.map { _ in Counted(0) })
    }
    let (left, right) = (one.x, one.gradNext)
    for row in ["accumulate pre", "accumulate coef"] {
      try expect(row, of: backward, n, C) { _ = zip(left, right).map { $0 + $1 } }
    }
    #expect(backward.operations.count == (one.mixes ? 6 : 5))
  }

  /// The gradient of the logits, which are first made again.
  private func remakeAndConstrain(_ one: inout CountedConnection, scalesAtHand: Bool) -> [Counted] {
    guard one.mixes, !one.isHyper else { return one.mixes ? one.gradRes : [] }
    let outputs = 2 * one.n..<one.width
    guard scalesAtHand else { return one.mixing.backward(one.logits(outputs), one.gradRes) }
    let scale = Counted(one.alpha[2].value / one.roots[0].value)
    let logits = outputs.map { one.projection[$0] * scale + one.bias[$0] }
    return one.mixing.backward(logits, one.gradRes)
  }

  @Test(arguments: cases.filter { $0.0 != .hyper })
  func `every kernel of the paper takes what it takes number by number`(_ kind: Connection, _ n: Int, _ C: Int) throws {
    let ledger = try #require(ConnectionLedger.of(kind, fusion: .paper))
    var one = run(kind, n, C)
    var logits: [Counted] = []
    let name = kind == .manifold ? "sinkhorn" : "mixing"
    try expect("project", of: ledger.forward, n, C) { one.project() }
    try expect("coefficients", of: ledger.forward, n, C) { logits = one.activate() }
    if one.mixes { try expect(name, of: ledger.forward, n, C) { one.res = one.mixing.forward(logits) } }
    try expect("pre-mix", of: ledger.forward, n, C) { _ = one.preMix() }
    try expect("merge", of: ledger.forward, n, C) {
      let mixed = one.mixes ? one.resMix() : one.x
      _ = mixed.enumerated().map { $1 + one.post[$0 / C] * one.y[$0 % C] }
    }
    try expect("merge backward", of: ledger.backward, n, C) {
      if one.mixes { one.resBackward() } else { one.gradX = one.gradNext }
      one.postBackward()
    }
    try expect("pre-mix backward", of: ledger.backward, n, C) { one.preBackwardInPlace() }
    if one.mixes {
      try expect("\(name) backward", of: ledger.backward, n, C) {
        one.gradLogits = remakeAndConstrain(&one, scalesAtHand: false)
      }
    }
    try expect("coefficients backward", of: ledger.backward, n, C) { one.activateBackward() }
    try expect("project backward", of: ledger.backward, n, C) { one.gradX = one.projectBackward(onto: one.gradX) }
  }

  @Test(arguments: cases.filter { $0.0 != .hyper })
  func `the most fused backward splits the paper's arithmetic, and adds none`(
    _ kind: Connection, _ n: Int, _ C: Int
  ) throws {
    let backward = try #require(ConnectionLedger.of(kind, fusion: .singlePass)).backward
    var one = run(kind, n, C)
    try expect("merge backward", of: backward, n, C) {
      if one.mixes { one.mixGradients() }
      one.postBackward()
    }
    let paper = try #require(ConnectionLedger.of(kind, fusion: .paper)).backward.arithmetic
    for fusion in [Fusion.twoPass, .singlePass] {
      #expect(try #require(ConnectionLedger.of(kind, fusion: fusion)).backward.arithmetic == paper)
    }
  }

  @Test(arguments: cases)
  func `the gradients that are counted are the gradients`(_ kind: Connection, _ n: Int, _ C: Int) {
    var one = run(kind, n, C)
    one.resBackwardOrCopy()
    one.postBackward()
    let ofPre = one.preBackward()
    one.gradLogits = remakeAndConstrain(&one, scalesAtHand: true)
    one.activateBackward()
    let ofCoefficients = one.projectBackward(onto: one.x.map { _ in Counted(0) })
    let gradient = one.gradX.indices.map { one.gradX[$0].value + ofPre[$0].value + ofCoefficients[$0].value }
    func slope(_ change: (inout CountedConnection, Double) -> Void) -> Double {
      let step = 1e-5
      let (up, down) = (loss(one) { change(&$0, step) }, loss(one) { change(&$0, -step) })
      return (up - down) / (2 * step)
    }
    for at in 0..<n * C { expectClose(gradient[at], slope { $0.x[at].value += $1 }) }
    for at in 0..<C { expectClose(one.gradY[at].value, slope { $0.y[at].value += $1 }) }
    for at in one.alpha.indices { expectClose(one.gradAlpha[at].value, slope { $0.alpha[at].value += $1 }) }
    for at in one.bias.indices { expectClose(one.gradBias[at].value, slope { $0.bias[at].value += $1 }) }
    for j in one.phi.indices { expectClose(one.gradPhi[j][1].value, slope { $0.phi[j][1].value += $1 }) }
  }

  /// g'·x' + g_u·u with some input changed.
  private func loss(_ one: CountedConnection, _ change: (inout CountedConnection) -> Void) -> Double {
    var other = one
    change(&other)
    other.project()
    other.res = other.mixing.forward(other.activate())
    let mixed = other.mixes ? other.resMix() : other.x
    let next = zip(mixed, other.postMix()).map { $0.value + $1.value }
    let ofNext = zip(next, other.gradNext).reduce(0) { $0 + $1.0 * $1.1.value }
    return zip(other.preMix(), other.gradU).reduce(ofNext) { $0 + $1.0.value * $1.1.value }
  }

  /// A central difference of a smooth function of order one is right to about its step squared.
  private func expectClose(_ value: Double, _ slope: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs(value - slope) < 1e-7 * max(1, abs(slope)), sourceLocation: sourceLocation)
  }
}

extension CountedConnection {
  fileprivate mutating func resBackwardOrCopy() {
    if mixes { resBackward() } else { gradX = gradNext }
  }
}
