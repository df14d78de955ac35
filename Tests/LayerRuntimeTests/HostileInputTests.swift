import LayerRuntime
import Testing

/// Numbers, addresses and sizes that no one should pass, and someone will.
@Suite struct HostileInputTests {
  static let best = FastConnectionTests.Choice(implementation: .fastest, variant: .best, threads: 2)

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func `a value that is no number spoils its token alone`(
    _ value: Double
  ) throws {
    var test = try TestCase(.manifold, tokens: 40, streams: 4, channels: 32)
    let clean = try FastConnectionTests.found(test, Self.best)
    let token = 17
    test.x[token * 128 + 5] = value
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice)
      let (next, expected) = (found["x'"] ?? [], clean["x'"] ?? [])
      #expect(next[(token * 128)..<(token + 1) * 128].contains { !$0.isFinite })
      let others = next.indices.filter { $0 / 128 != token }
      #expect(others.allSatisfy { next[$0].isFinite && abs(next[$0] - expected[$0]) < 1e-4 })
    }
  }

  /// Finite streams of 5e18: squares of 2.5e37 each, and 128 of them add up to more than float32 holds, for which there would be
  /// coefficients of the biases alone.
  @Test(arguments: [ConnectionKind.hyper, .manifold])
  func `streams whose squares leave float32 make their token no numbers, not wrong ones`(_ kind: ConnectionKind) throws
  {
    var test = try TestCase(kind, tokens: 40, streams: 4, channels: 128)
    let clean = try FastConnectionTests.found(test, Self.best)
    let (token, elements) = (17, 512)
    for index in token * elements..<(token + 1) * elements { test.x[index] = index % 2 == 0 ? 5e18 : -5e18 }
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice)
      let (next, expected) = (found["x'"] ?? [], clean["x'"] ?? [])
      #expect(next[token * elements..<(token + 1) * elements].allSatisfy { $0.isNaN }, "\(choice.testDescription)")
      let others = next.indices.filter { $0 / elements != token }
      #expect(others.allSatisfy { next[$0].isFinite && abs(next[$0] - expected[$0]) < 1e-4 })
    }
  }

  /// A sigmoid of an infinite projection is 0 or 1, whatever φ is split into for products.
  @Test(arguments: [StreamFormat.float32, .bfloat16]) func `an infinite weight saturates what it weighs`(
    _ format: StreamFormat
  ) throws {
    var (test, numbers) = (try TestCase(.manifold, tokens: 21, streams: 4, channels: 32), TestNumbers(seed: 4))
    test.x = test.x.map { _ in numbers.uniform(bfloat16: true) }
    test.phi[5] = .infinity
    for choice in FastConnectionTests.choices {
      let pre = try #require(FastConnectionTests.found(test, choice, format: format)["H_pre"])
      let first = stride(from: 0, to: pre.count, by: 4).map { pre[$0] }
      for (token, value) in first.enumerated() {
        let expected = (test.x[token * 128 + 5] > 0 ? 1 : 0) + test.convention.preEpsilon
        #expect(abs(value - expected) < 1e-6, "\(choice.testDescription)")
      }
    }
  }

  /// Sigmoids of what an infinite scale makes are 0 or 1, and so have gradients of zero, whose sum is finite: of sixteen lanes or
  /// of those that have a token.
  @Test(arguments: [15, 16, 17]) func `an infinite scale spoils no sum by lanes without a token`(_ tokens: Int) throws {
    var test = try TestCase(.manifold, tokens: tokens, streams: 4, channels: 32)
    test.alpha[1] = .infinity
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice)
      let bias = try #require(found["grad phi, alpha, b"]).suffix(24)
      #expect(bias.allSatisfy { $0.isFinite }, "\(choice.testDescription)")
    }
  }

  @Test(arguments: Convention.named.map(\.name))
  func `logits of standard deviation 20 agree with the reference and stay finite`(_ name: String) throws {
    let convention = try #require(Convention.named.first { $0.name == name }).convention
    let test = try TestCase(.manifold, tokens: 24, streams: 4, channels: 24, convention, seed: 3, logits: 20)
    let expected = try FastConnectionTests.expected(test)
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice)
      for (tensor, values) in expected {
        #expect(values.allSatisfy { $0.isFinite })
        // Float32 rounds a logit of 60 to 4e-6, and the exponential passes that on.
        #expect(relativeError(found[tensor] ?? [], values) < 1e-4, "\(tensor), \(choice.testDescription)")
      }
    }
  }

  @Test func `streams of zeros give finite numbers where the convention has an epsilon`() throws {
    for convention in [Convention.deepSeekV4, .megatron] {
      var test = try TestCase(.manifold, tokens: 20, streams: 4, channels: 16, convention)
      test.x = [Double](repeating: 0, count: test.x.count)
      for choice in FastConnectionTests.choices {
        let found = try FastConnectionTests.found(test, choice)
        #expect(found.values.allSatisfy { $0.allSatisfy { $0.isFinite } })
        #expect(found["x'"]?.allSatisfy { $0 == 0 } == true)
      }
    }
  }

  @Test(arguments: ConnectionKind.allCases) func `no tokens give no streams and gradients of zero`(
    _ kind: ConnectionKind
  ) throws {
    let test = try TestCase(kind, tokens: 0, streams: kind == .residual ? 1 : 4, channels: 16)
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice)
      #expect(found["x'"]?.isEmpty == true)
      #expect(found["grad phi, alpha, b"]?.allSatisfy { $0 == 0 } != false)
    }
  }

  @Test func `shapes without sense are refused by name`() {
    #expect(throws: RuntimeError.invalid("streams", expected: "1 to 16", found: "17")) {
      try LayerShape(tokens: 1, streams: 17, channels: 1)
    }
    #expect(throws: RuntimeError.self) { try LayerShape(tokens: -1, streams: 1, channels: 1) }
    #expect(throws: RuntimeError.self) { try LayerShape(tokens: .max, streams: 16, channels: 16_777_216) }
    #expect(throws: RuntimeError.self) { try LayerShape(tokens: 1, streams: 1, channels: 0) }
    #expect(throws: RuntimeError.self) { try ThreadTeam(0) }
    #expect(throws: RuntimeError.self) {
      try Convention(orientation: .inputByOutput, sinkhorn: .columnRow, iterations: 0)
    }
    #expect(throws: RuntimeError.self) {
      try Convention(orientation: .inputByOutput, sinkhorn: .columnRow, sinkhornEpsilon: .nan)
    }
  }

  @Test func `a layer too large for its memory says what and how much`() throws {
    let shape = try LayerShape(tokens: 1 << 20, streams: 4, channels: 1 << 14)
    let arena = try Arena(capacityBytes: 1 << 24)
    let error = #expect(throws: RuntimeError.self) { try Streams(arena, .streamCheckpoint, shape, .float32) }
    #expect(
      try #require(error)
        == .outOfMemory("stream checkpoint", requestedBytes: 1 << 38, availableBytes: 1 << 24))
    #expect(arena.totalBytes == 0)
  }

  @Test func `a step that runs out of memory leaves nothing behind`() throws {
    let shape = try LayerShape(tokens: 64, streams: 4, channels: 32)
    let functions = [LayerFunctionKind](repeating: .identity, count: 8)
    // Room for the parameters and a few layers' streams, not for eight.
    let arena = try Arena(capacityBytes: 700_000)
    let stack = try LayerStack(.init(.manifold, shape, .deepSeekV4, .fused, functions: functions), arena: arena)
    let x = try Streams(arena, .transient, shape, .float32)
    try x.set([Float](repeating: 1, count: x.count))
    let before = arena.totalBytes
    #expect(throws: RuntimeError.self) { try stack.step(x) }
    #expect(arena.totalBytes == before)
  }

  @Test func `buffers that overlap, are misaligned or of another length are refused`() throws {
    let shape = try LayerShape(tokens: 4, streams: 4, channels: 16)
    let arena = try Arena(capacityBytes: 1 << 24)
    let layer = try ConnectionLayer(.manifold, shape, .deepSeekV4, .fastest, arena: arena)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    func part(_ start: Int, _ bytes: Int) throws -> Streams {
      try Streams(
        borrowing: UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + bytes]), .float32, name: "x")
    }
    #expect(throws: RuntimeError.misaligned("x")) { try part(2, 1024) }
    #expect(throws: RuntimeError.overlap("x", "x'")) {
      try layer.forwardIdentity(x: try part(0, 1024), next: try part(1020, 1024))
    }
    #expect(throws: RuntimeError.length("x'", expected: 256, found: 128)) {
      try layer.forwardIdentity(x: try part(0, 1024), next: try part(1024, 512))
    }
    // Four bytes past a vector's boundary is allowed, and gives the same numbers.
    for index in 0..<256 { try part(4, 1024)[index] = Float(index % 7) - 3 }
    try layer.forwardIdentity(x: try part(4, 1024), next: try part(2052, 1024))
    let (x, next) = (try Streams(arena, .transient, shape, .float32), try Streams(arena, .transient, shape, .float32))
    try x.set(try part(4, 1024).values)
    try layer.forwardIdentity(x: x, next: next)
    let unaligned = try part(2052, 1024).values
    #expect(next.values == unaligned)
  }
}
