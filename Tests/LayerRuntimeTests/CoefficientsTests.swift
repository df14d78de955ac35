import LayerRuntime
import Testing

/// Coefficients that a connection hands out say themselves which stream a weight makes.
@Suite struct CoefficientsTests {
  @Test(arguments: [ConnectionKind.hyper, .manifold], Orientation.allCases)
  func `streams made again from the coefficients are those of the connection`(
    _ kind: ConnectionKind, _ orientation: Orientation
  ) throws {
    var convention = Convention.liger
    convention.orientation = orientation
    let test = try TestCase(kind, tokens: 5, streams: 3, channels: 7, convention)
    let (T, n, C) = (5, 3, 7)
    let arena = try Arena(capacityBytes: testArenaBytes)
    let layer = try ConnectionLayer(kind, test.shape, convention, .fused, arena: arena)
    try layer.parameters?.set(
      phi: test.phi.map { Float($0) }, alpha: test.alpha.map { Float($0) }, bias: test.bias.map { Float($0) })
    let (x, next) = (
      try Streams(arena, .transient, test.shape, .float32), try Streams(arena, .transient, test.shape, .float32)
    )
    let (u, y): (Region<Float>, Region<Float>) = (
      try arena.allocate(.transient, T * C), try arena.allocate(.transient, T * C)
    )
    try x.set(test.x.map { Float($0) })
    #expect(layer.coefficients == nil)
    try layer.preMix(x: x, u: u)
    for index in 0..<T * C { y.base[index] = Float(index % 11) * 0.3 - 1.5 }
    try layer.merge(x: x, y: y, next: next)

    let made = try #require(layer.coefficients)
    #expect(made.orientation == orientation && made.tokens == T && made.streams == n)
    func at(_ t: Int, _ i: Int, _ c: Int) -> Double { test.x[(t * n + i) * C + c] }
    var (input, streams): ([Double], [Double]) = ([], [])
    for t in 0..<T {
      for c in 0..<C {
        input.append((0..<n).reduce(0.0) { $0 + Double(made.pre(token: t, stream: $1)) * at(t, $1, c) })
      }
      for o in 0..<n {
        for c in 0..<C {
          let mixed = (0..<n).reduce(0.0) { $0 + Double(made.mixing(token: t, output: o, input: $1)) * at(t, $1, c) }
          streams.append(mixed + Double(made.post(token: t, stream: o)) * Double(y.base[t * C + c]))
        }
      }
    }
    #expect(relativeError(u.elements.map { Double($0) }, input) < 1e-5)
    #expect(relativeError(next.values.map { Double($0) }, streams) < 1e-5)
  }

  @Test func `a residual has no coefficients, and none are left when they were dropped`() throws {
    let arena = try Arena(capacityBytes: testArenaBytes)
    for kind in ConnectionKind.allCases {
      let shape = try LayerShape(tokens: 2, streams: 1, channels: 4)
      let layer = try ConnectionLayer(kind, shape, .paper, .fused, arena: arena)
      let (x, next) = (try Streams(arena, .transient, shape, .float32), try Streams(arena, .transient, shape, .float32))
      try x.set([Float](repeating: 1, count: x.count))
      try layer.forwardIdentity(x: x, next: next)
      #expect((layer.coefficients == nil) == (kind == .residual))
      layer.dropCoefficients()
      #expect(layer.coefficients == nil)
    }
  }

  /// Coefficients of 2 tokens and 3 streams, for processes that are to end.
  static func ofTwoTokens() throws -> Coefficients {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let shape = try LayerShape(tokens: 2, streams: 3, channels: 4)
    let layer = try ConnectionLayer(.manifold, shape, .paper, .fused, arena: arena)
    let (x, next) = (try Streams(arena, .transient, shape, .float32), try Streams(arena, .transient, shape, .float32))
    try x.set([Float](repeating: 1, count: x.count))
    try layer.forwardIdentity(x: x, next: next)
    guard let made = layer.coefficients else { throw RuntimeError.invalid("test", expected: "some", found: "none") }
    return made
  }

  /// A precondition ends a process by a signal; an error that a test throws would end it by a code.
  static func isTrap(_ result: ExitTest.Result?) -> Bool {
    if case .signal? = result?.exitStatus { return true }
    return false
  }

  @Test func `a token or stream that is none ends the program`() async throws {
    #expect(try Self.ofTwoTokens().mixing(token: 1, output: 2, input: 2).isFinite)
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) { _ = try CoefficientsTests.ofTwoTokens().pre(token: 0, stream: 3) }))
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) {
          _ = try CoefficientsTests.ofTwoTokens().post(token: -1, stream: 3)
        }))
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) {
          _ = try CoefficientsTests.ofTwoTokens().mixing(token: 0, output: 0, input: 3)
        }))
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) {
          _ = try CoefficientsTests.ofTwoTokens().mixing(token: 0, output: 3, input: 0)
        }))
  }

  /// Two values of streams, within more memory than that.
  static func twoStreams(_ format: StreamFormat) throws -> Streams {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    return try Streams(
      borrowing: UnsafeMutableRawBufferPointer(rebasing: memory[16..<16 + 2 * format.bytes]), format)
  }

  @Test func `a value that streams do not have ends the program`() async throws {
    for format in StreamFormat.allCases { #expect(try Self.twoStreams(format).values == [0, 0]) }
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) { _ = try CoefficientsTests.twoStreams(.float32)[2] }))
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) { _ = try CoefficientsTests.twoStreams(.bfloat16)[-1] }))
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) { try CoefficientsTests.twoStreams(.float32)[-1] = 1 }))
    #expect(
      Self.isTrap(
        await #expect(processExitsWith: .failure) { try CoefficientsTests.twoStreams(.bfloat16)[2] = 1 }))
  }
}
