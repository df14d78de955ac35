import LayerRuntime
import Testing

/// The kernels against the reference in double precision.
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

  /// Runs one case with the kernels and returns the largest relative error of every result.
  static func errors(
    _ test: TestCase, _ choice: Choice, format: StreamFormat = .float32, streaming: Bool = false
  ) throws -> [String: Double] {
    let arena = try Arena(capacityBytes: 1 << 30)
    let layer = try ConnectionLayer(
      test.kind, test.shape, test.convention, choice.implementation, format: format, variant: choice.variant,
      team: try ThreadTeam(choice.threads), arena: arena)
    layer.streaming = streaming
    try layer.parameters?.set(phi: test.phi.map { Float($0) }, alpha: test.alpha.map { Float($0) }, bias: test.bias.map { Float($0) })
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, test.shape, format) }
    defer { streams.forEach { $0.release() } }
    try streams[0].set(test.x.map { Float($0) })
    try streams[1].set(test.gradNext.map { Float($0) })
    try layer.forwardIdentity(x: streams[0], next: streams[2])
    try layer.backwardIdentity(x: streams[0], gradNext: streams[1], gradX: streams[3])

    let reference = try test.reference()
    func expected(_ name: String) -> [Double] { reference.made[name]?.doubles ?? [] }
    var errors = [
      "x'": relativeError(streams[2].values, expected("x'")),
      "grad x": relativeError(streams[3].values, expected("grad x")),
    ]
    if let coefficients = layer.coefficients, let parameters = layer.parameters {
      errors["H_pre"] = relativeError(coefficients.pre, expected("H_pre"))
      errors["H_post"] = relativeError(coefficients.post, expected("H_post"))
      errors["H_res"] = relativeError(coefficients.mixing, expected("H_res"))
      errors["grad phi, alpha, b"] = relativeError(
        Array(parameters.gradients.elements),
        expected("grad phi") + expected("grad alpha") + expected("grad b"))
    }
    return errors
  }

  static func expectClose(_ test: TestCase, _ choice: Choice, streaming: Bool = false, _ tolerance: Double = 1e-5) throws {
    for (name, error) in try errors(test, choice, streaming: streaming) {
      #expect(error <= tolerance, "\(name) of \(test.kind), \(test.shape)")
    }
  }

  @Test(arguments: choices) func `every implementation agrees with the reference on odd sizes`(_ choice: Choice) throws {
    for (tokens, streams, channels) in [(7, 4, 33), (37, 4, 64), (1, 1, 1), (17, 2, 48), (5, 3, 17), (50, 8, 16), (3, 16, 20)] {
      try Self.expectClose(try TestCase(.manifold, tokens: tokens, streams: streams, channels: channels), choice)
      try Self.expectClose(try TestCase(.hyper, tokens: tokens, streams: streams, channels: channels, .paper), choice)
    }
    try Self.expectClose(try TestCase(.residual, tokens: 9, streams: 1, channels: 31), choice)
  }

  @Test(arguments: choices) func `every count of streams from 1 to 16 agrees`(_ choice: Choice) throws {
    for streams in 1...16 { try Self.expectClose(try TestCase(.manifold, tokens: 19, streams: streams, channels: 16), choice) }
  }

  @Test(arguments: choices, Convention.named.map(\.name))
  func `every published convention agrees`(_ choice: Choice, _ name: String) throws {
    let convention = try #require(Convention.named.first { $0.name == name }).convention
    try Self.expectClose(try TestCase(.manifold, tokens: 21, streams: 4, channels: 40, convention, seed: 7), choice)
    try Self.expectClose(try TestCase(.hyper, tokens: 21, streams: 4, channels: 40, convention, seed: 7), choice)
  }

  @Test(arguments: choices) func `stores past the caches change nothing`(_ choice: Choice) throws {
    try Self.expectClose(try TestCase(.manifold, tokens: 33, streams: 4, channels: 64), choice, streaming: true)
    try Self.expectClose(try TestCase(.residual, tokens: 33, streams: 1, channels: 64), choice, streaming: true)
    try Self.expectClose(try TestCase(.manifold, tokens: 33, streams: 4, channels: 24), choice, streaming: true)
  }

  @Test func `many channels cost no accuracy`() throws {
    let choice = Choice(implementation: .fastest, variant: .best, threads: 2)
    try Self.expectClose(try TestCase(.manifold, tokens: 18, streams: 4, channels: 4096), choice)
  }
}
