import LayerRuntime
import Testing

/// The kernels against the reference in double precision.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (1), §1; Eq. (3), (5), §3; Eq. (7) to (9), §4.2; Eq. (14) to (19), §4.3.1.
@Suite struct FastConnectionTests {
  struct Choice: CustomTestStringConvertible {
    var implementation: Implementation
    var variant: KernelVariant
    var threads: Int
    var testDescription: String { "\(implementation.rawValue), \(variant), \(threads) threads" }
  }
  static let choices = [Implementation.unfused, .fused, .fastest].flatMap { implementation in
    KernelVariant.supported.flatMap { variant in
      [1, 3].map { Choice(implementation: implementation, variant: variant, threads: $0) }
    }
  }

  /// What a run makes, by name.
  typealias Results = [String: [Double]]

  /// One case by the reference.
  static func expected(_ test: TestCase) throws -> Results { expected(test, try test.reference()) }

  /// What a run of the reference has made.
  static func expected(_ test: TestCase, _ reference: ReferenceConnection<Double>) -> Results {
    func values(_ name: String) -> [Double] { reference.made[name]?.doubles ?? [] }
    var results = ["x'": values("x'"), "grad x": values("grad x")]
    for name in ["H_pre", "H_post", "H_res"] where test.kind != .residual { results[name] = values(name) }
    if test.kind != .residual {
      results["grad phi, alpha, b"] = values("grad phi") + values("grad alpha") + values("grad b")
    }
    return results
  }

  /// One case by the kernels.
  static func found(
    _ test: TestCase, _ choice: Choice, format: StreamFormat = .float32, streaming: Bool = false
  ) throws -> Results {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let layer = try ConnectionLayer(
      test.kind, test.shape, test.convention, choice.implementation, format: format, variant: choice.variant,
      team: try ThreadTeam(choice.threads), arena: arena)
    layer.streaming = streaming
    try layer.parameters?.set(
      phi: test.phi.map { Float($0) }, alpha: test.alpha.map { Float($0) }, bias: test.bias.map { Float($0) })
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, test.shape, format) }
    defer { streams.forEach { $0.release() } }
    try streams[0].set(test.x.map { Float($0) })
    try streams[1].set(test.gradNext.map { Float($0) })
    try layer.forwardIdentity(x: streams[0], next: streams[2])
    try layer.backwardIdentity(x: streams[0], gradNext: streams[1], gradX: streams[3])
    return results(of: layer, next: streams[2], gradX: streams[3])
  }

  /// What a forward and a backward pass of a connection have made.
  static func results(of layer: ConnectionLayer, next: Streams, gradX: Streams) -> Results {
    var results = ["x'": next.values, "grad x": gradX.values]
    if let coefficients = layer.coefficients, let parameters = layer.parameters {
      (results["H_pre"], results["H_post"]) = (coefficients.pre, coefficients.post)
      results["H_res"] = coefficients.mixing
      results["grad phi, alpha, b"] = Array(parameters.gradients.elements)
    }
    return results.mapValues { $0.map { Double($0) } }
  }

  /// Runs a case with every choice and compares with the reference, which runs once.
  static func expectClose(
    _ test: TestCase, format: StreamFormat = .float32, streaming: Bool = false, tolerance: Double = 1e-5,
    choices: [Choice] = choices
  ) throws {
    let expected = try expected(test)
    for choice in choices {
      let found = try found(test, choice, format: format, streaming: streaming)
      #expect(found.keys.sorted() == expected.keys.sorted())
      for (name, values) in expected {
        let error = relativeError(found[name] ?? [], values)
        #expect(error <= tolerance, "\(name) of \(test.kind), \(test.shape), \(choice.testDescription)")
      }
    }
  }

  static let sizes = [(7, 4, 33), (37, 4, 64), (1, 1, 1), (17, 2, 48), (5, 3, 17), (20, 8, 16)]

  @Test(arguments: sizes.indices) func `every implementation agrees with the reference on odd sizes`(_ index: Int)
    throws
  {
    let (tokens, streams, channels) = Self.sizes[index]
    try Self.expectClose(try TestCase(.manifold, tokens: tokens, streams: streams, channels: channels))
    try Self.expectClose(try TestCase(.hyper, tokens: tokens, streams: streams, channels: channels, .paper))
    try Self.expectClose(try TestCase(.residual, tokens: tokens, streams: 1, channels: channels))
  }

  @Test(arguments: 1...16) func `every count of streams from 1 to 16 agrees`(_ streams: Int) throws {
    try Self.expectClose(try TestCase(.manifold, tokens: streams > 8 ? 3 : 19, streams: streams, channels: 16))
    // Channels past the last whole vector, and one stream's projections after the other's.
    try Self.expectClose(try TestCase(.manifold, tokens: 9, streams: streams, channels: 19))
    try Self.expectClose(try TestCase(.hyper, tokens: 9, streams: streams, channels: 19, .paper))
  }

  @Test(arguments: Convention.named.map(\.name)) func `every published convention agrees`(_ name: String) throws {
    let convention = try #require(Convention.named.first { $0.name == name }).convention
    try Self.expectClose(try TestCase(.manifold, tokens: 21, streams: 4, channels: 24, convention, seed: 7))
    try Self.expectClose(try TestCase(.hyper, tokens: 21, streams: 4, channels: 24, convention, seed: 7))
  }

  @Test func `stores past the caches change nothing`() throws {
    try Self.expectClose(try TestCase(.manifold, tokens: 33, streams: 4, channels: 32), streaming: true)
    try Self.expectClose(try TestCase(.residual, tokens: 33, streams: 1, channels: 64), streaming: true)
    try Self.expectClose(try TestCase(.manifold, tokens: 18, streams: 4, channels: 24), streaming: true)
  }

  @Test(arguments: [(21, 4, 400), (3, 8, 530), (35, 8, 96)])
  func `blocks of tokens and slices of channels may end early`(_ size: (Int, Int, Int)) throws {
    try Self.expectClose(try TestCase(.manifold, tokens: size.0, streams: size.1, channels: size.2), streaming: true)
    try Self.expectClose(try TestCase(.hyper, tokens: size.0, streams: size.1, channels: size.2, .paper))
  }

  /// Rows of 4 KiB and more, and more than one tile of tokens on each of three threads.
  @Test func `gradients of a tile are made beside the products of the one before`() throws {
    let choices = Self.choices.filter { $0.implementation == .fastest && $0.threads > 1 }
    try Self.expectClose(
      try TestCase(.manifold, tokens: 61, streams: 4, channels: 1044), streaming: true, choices: choices)
    try Self.expectClose(try TestCase(.hyper, tokens: 55, streams: 4, channels: 1024, .paper), choices: choices)
  }

  @Test func `many channels cost no accuracy`() throws {
    try Self.expectClose(try TestCase(.manifold, tokens: 3, streams: 4, channels: 4096))
  }
}
