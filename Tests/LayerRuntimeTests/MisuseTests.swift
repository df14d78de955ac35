import LayerRuntime
import Testing

/// What a user can do wrong with sizes, settings and order: refused with what would be right, and nothing is left behind.
@Suite struct MisuseTests {
  private let shape: LayerShape
  init() throws { shape = try LayerShape(tokens: 5, streams: 4, channels: 16) }

  @Test(arguments: [ConnectionKind.hyper, .manifold], [Implementation.unfused, .fused, .fastest])
  func `a backward pass without the coefficients of a forward pass is refused`(
    _ kind: ConnectionKind, _ implementation: Implementation
  ) throws {
    let arena = try Arena()
    let layer = try ConnectionLayer(kind, shape, .paper, implementation, arena: arena)
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, shape, .float32) }
    for stream in streams { for index in 0..<stream.count { stream[index] = 0.5 } }
    func backward() throws {
      try layer.backwardIdentity(x: streams[0], gradNext: streams[1], gradX: streams[2])
    }
    let refused = RuntimeError.invalid("coefficients", expected: "those of a forward pass before", found: "none")
    #expect(throws: refused, performing: backward)
    try layer.forwardIdentity(x: streams[0], next: streams[3])
    try backward()
    layer.dropCoefficients()
    #expect(throws: refused, performing: backward)
  }

  @Test func `a convention whose numbers were changed is checked where it is used`() throws {
    let arena = try Arena()
    func refused(_ change: (inout Convention) -> Void) throws {
      var convention = Convention.deepSeekV4
      change(&convention)
      let x = [Double](repeating: 0, count: 5 * 64),
        configuration = LayerStack.Configuration(
          .manifold, shape, convention, .fused, functions: [.identity])
      #expect(throws: RuntimeError.self) { try ConnectionLayer(.manifold, shape, convention, .fused, arena: arena) }
      #expect(throws: RuntimeError.self) { try LayerStack(configuration, arena: arena) }
      #expect(throws: RuntimeError.self) {
        try OperationRunner(.manifold, shape, convention, streaming: false, arena: arena)
      }
      #expect(throws: RuntimeError.self) {
        try ReferenceConnection<Double>(
          .manifold, shape, convention, x: x, phi: [Double](repeating: 0, count: 24 * 64), alpha: [1, 1, 1],
          bias: [Double](repeating: 0, count: 24))
      }
    }
    for iterations in [0, -40, 1001, .max] { try refused { $0.iterations = iterations } }
    try refused { $0.sinkhornEpsilon = -1 }
    try refused { $0.rootMeanSquareEpsilon = .nan }
    #expect(arena.totalBytes == 0)
  }

  @Test func `what finds no room leaves the arena as it was`() throws {
    for capacity in stride(from: 1000, through: 200_000, by: 1000) {
      let arena = try Arena(capacityBytes: capacity)
      _ = try? ConnectionLayer(.manifold, shape, .paper, .fused, arena: arena)
      _ = try? LayerStack(.init(.manifold, shape, .paper, .fused, functions: [.identity, .identity]), arena: arena)
      _ = try? OperationRunner(.manifold, shape, .paper, streaming: false, arena: arena)
      #expect(arena.totalBytes == 0, "\(capacity)")
    }
  }

  @Test func `blocks whose sum leaves the numbers are refused`() throws {
    var configuration = LayerStack.Configuration(.manifold, shape, .paper, .fused, functions: [.identity, .identity])
    configuration.blocks = .blocks([.max, .max, 4])
    #expect(throws: RuntimeError.self) { try LayerStack(configuration, arena: try Arena()) }
  }

  @Test func `parameters are set all or none`() throws {
    let stack = try LayerStack(.init(.manifold, shape, .paper, .fused, functions: [.identity]), arena: try Arena())
    let before = stack.parameters
    for values in [[], before.dropLast(), before + [1]].map(Array.init) {
      #expect(throws: RuntimeError.length("parameters", expected: before.count, found: values.count)) {
        try stack.setParameters(values)
      }
      #expect(stack.parameters == before)
    }
    try stack.setParameters(before.map { $0 + 1 })
    #expect(stack.parameters == before.map { $0 + 1 })
  }

  @Test func `a residual has nothing to run for another connection's operation`() throws {
    let one = try LayerShape(tokens: 5, streams: 1, channels: 8)
    let runner = try OperationRunner(.residual, one, .paper, streaming: false, arena: try Arena())
    for operation in ConnectionOperation.allCases { runner.run(operation) }
  }

  @Test func `borrowed memory holds whole elements, and no buffer has a negative length`() throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 131, alignment: 64)
    defer { memory.deallocate() }
    #expect(throws: RuntimeError.invalid("streams", expected: "a multiple of 4 bytes", found: "131")) {
      try Streams(borrowing: memory, .float32)
    }
    #expect(throws: RuntimeError.invalid("scratch", expected: "0 elements or more", found: "-1")) {
      _ = try Arena().allocate(.scratch, -1, of: Float.self)
    }
  }

  @Test func `vectors of one counted layer have numbered names`() throws {
    let layer = ConnectionVectors.Layer(
      phi: [Double](repeating: 0.1, count: 24 * 64), alpha: [1, 1, 1], bias: [Double](repeating: 0, count: 24),
      weight: [Double](repeating: 0.1, count: 256))
    let x = (0..<5 * 64).map { Double($0 % 7) - 3 }
    func names(_ isNumbered: Bool) throws -> Set<String> {
      let vectors = try ConnectionVectors(
        shape: shape, convention: .paper, layers: [layer], x: x, gradOut: x, isNumbered: isNumbered)
      return Set(try vectors.results(.fastest).keys)
    }
    #expect(try names(true) == ["mid.X1", "grad.X", "grad.0.fn", "grad.0.alpha", "grad.0.bias", "grad.0.W"])
    #expect(try names(false).isSuperset(of: ["out.X_next", "grad.X", "grad.fn", "grad.W"]))
  }

  @Test(arguments: [1e-14, 1e13]) func `gradients of very small and very large streams are as good as of others`(
    _ scale: Double
  ) throws {
    // The norm's gradient has the third power of the root mean square.
    for variant in KernelVariant.supported {
      let plain = try Self.gradient(shape, 1, variant), scaled = try Self.gradient(shape, scale, variant)
      // x' is as large as x, so ∂x of the same ∂x' is of the size that it had.
      #expect(relativeError(scaled.map { Double($0) }, plain.map { Double($0) }) < 1e-5, "\(variant)")
    }
  }

  /// ∂x of streams of a size; without epsilons the coefficients are the same at all.
  private static func gradient(_ shape: LayerShape, _ scale: Double, _ variant: KernelVariant) throws -> [Float] {
    let arena = try Arena()
    let layer = try ConnectionLayer(.manifold, shape, .paper, .fastest, variant: variant, arena: arena)
    let w = 24, K = 64
    try layer.parameters?.set(
      phi: (0..<w * K).map { Float($0 % 31) * 0.02 - 0.3 }, alpha: [1, 0.9, 1.1],
      bias: (0..<w).map { Float($0) * 0.01 })
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, shape, .float32) }
    for index in 0..<streams[0].count {
      streams[0][index] = Float(Double(index % 37 - 18) * 0.1 * scale)
      // ∂φ of x' has x beside the gradient, and the sum along the norm both: 1/scale keeps ∂x' x of ordinary size.
      streams[1][index] = Float(Double(index % 23 - 11) * 0.1)
    }
    try layer.forwardIdentity(x: streams[0], next: streams[2])
    try layer.backwardIdentity(x: streams[0], gradNext: streams[1], gradX: streams[3])
    return streams[3].values
  }
}
