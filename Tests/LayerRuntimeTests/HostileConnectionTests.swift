import LayerRuntime
import Testing

/// The same hostile inputs for every connection and every implementation, the reference among them.
@Suite struct HostileConnectionTests {
  /// Streams x' of every implementation, by name; the reference first.
  static func everyNext(_ test: TestCase) throws -> [(name: String, values: [Double])] {
    [("reference", try test.reference().made["x'"]?.doubles ?? [])]
      + (try FastConnectionTests.choices.map {
        ($0.testDescription, try FastConnectionTests.found(test, $0)["x'"] ?? [])
      })
  }

  @Test(arguments: ConnectionKind.allCases, [Double.nan, .infinity])
  func `a value that is no number stays in its token, in every implementation`(_ kind: ConnectionKind, _ value: Double)
    throws
  {
    let n = kind == .residual ? 1 : 4
    var test = try TestCase(kind, tokens: 21, streams: n, channels: 16)
    let clean = try Self.everyNext(test)
    let (token, elements) = (16, n * 16)
    test.x[token * elements + 3] = value
    for ((name, found), (_, expected)) in zip(try Self.everyNext(test), clean) {
      let own = token * elements..<(token + 1) * elements
      #expect(found[own].contains { !$0.isFinite }, "\(name)")
      #expect(found.indices.allSatisfy { own.contains($0) || found[$0] == expected[$0] }, "\(name)")
    }
  }

  @Test func `a gradient that is no number stays in its token, and spoils the parameters`() throws {
    for kind in [ConnectionKind.hyper, .manifold] {
      var test = try TestCase(kind, tokens: 9, streams: 4, channels: 16)
      test.gradNext[5 * 64 + 1] = .nan
      let reference = try FastConnectionTests.expected(test)
      for choice in FastConnectionTests.choices {
        let found = try FastConnectionTests.found(test, choice)
        for results in [reference, found] {
          let gradient = results["grad x"] ?? []
          #expect(gradient.indices.allSatisfy { $0 / 64 == 5 || gradient[$0].isFinite }, "\(choice.testDescription)")
          #expect(gradient[5 * 64..<6 * 64].contains { $0.isNaN })
          #expect(results["grad phi, alpha, b"]?.contains { $0.isNaN } == true)
        }
      }
    }
  }

  @Test func `logits of standard deviation 20 are finite and right for HC too`() throws {
    let test = try TestCase(.hyper, tokens: 24, streams: 4, channels: 24, .paper, seed: 3, logits: 20)
    let expected = try FastConnectionTests.expected(test)
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice)
      for (tensor, values) in expected {
        #expect(values.allSatisfy { $0.isFinite })
        #expect(relativeError(found[tensor] ?? [], values) < 1e-4, "\(tensor), \(choice.testDescription)")
      }
    }
  }

  @Test(arguments: ConnectionKind.allCases) func `no tokens are a step without a loss, and nothing for the reference`(
    _ kind: ConnectionKind
  ) throws {
    let test = try TestCase(kind, tokens: 0, streams: kind == .residual ? 1 : 4, channels: 16)
    #expect(try test.reference().made["x'"]?.doubles.isEmpty == true)
    for implementation in [Implementation.unfused, .fused, .fastest] {
      for blocks in [RecomputeBlocks.stored, .blocks([3, 2])] {
        var configuration = try LayerStackTests.configuration(
          kind, implementation, LayerStackTests.functions, tokens: 0)
        configuration.blocks = blocks
        let arena = try Arena(capacityBytes: 1 << 26)
        let stack = try LayerStack(configuration, arena: arena)
        let x = try Streams(arena, .transient, configuration.shape, .float32)
        #expect(try stack.step(x, gradient: x) == 0)
        #expect(stack.parameterGradients.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func `buffers that overlap or are of another length are refused by every plan, both ways`() throws {
    let shape = try LayerShape(tokens: 4, streams: 4, channels: 16)
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 64)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0)
    func part(_ start: Int, _ bytes: Int = 1024) throws -> Streams {
      try Streams(borrowing: UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + bytes]), .float32)
    }
    for implementation in [Implementation.unfused, .fused, .fastest] {
      for kind in [ConnectionKind.hyper, .manifold] {
        let arena = try Arena(capacityBytes: 1 << 24)
        let layer = try ConnectionLayer(kind, shape, .deepSeekV4, implementation, arena: arena)
        #expect(throws: RuntimeError.overlap("x", "x'")) { try layer.forwardIdentity(x: part(0), next: part(1020)) }
        #expect(throws: RuntimeError.length("x", expected: 256, found: 255)) {
          try layer.forwardIdentity(x: part(0, 1020), next: part(1024))
        }
        try layer.forwardIdentity(x: part(4), next: part(2052))
        #expect(throws: RuntimeError.overlap("grad x", "grad x'")) {
          try layer.backwardIdentity(x: part(4), gradNext: part(2052), gradX: part(3000))
        }
        #expect(throws: RuntimeError.overlap("grad x", "x")) {
          try layer.backwardIdentity(x: part(4), gradNext: part(2052), gradX: part(4))
        }
        try layer.backwardIdentity(x: part(4), gradNext: part(2052), gradX: part(4100))
      }
    }
  }

  @Test func `a call without room for its coefficients says so, in every plan, and leaves nothing behind`() throws {
    let shape = try LayerShape(tokens: 4096, streams: 4, channels: 16)
    let large = try Arena(capacityBytes: 1 << 26)
    let (x, next) = (try Streams(large, .transient, shape, .float32), try Streams(large, .transient, shape, .float32))
    try x.set([Float](repeating: 1, count: x.count))
    for implementation in [Implementation.unfused, .fused, .fastest] {
      for kind in [ConnectionKind.hyper, .manifold] {
        let arena = try Arena(capacityBytes: 1 << 18)
        let layer = try ConnectionLayer(kind, shape, .deepSeekV4, implementation, arena: arena)
        let before = arena.totalBytes
        let error = #expect(throws: RuntimeError.self) { try layer.forwardIdentity(x: x, next: next) }
        guard case .outOfMemory? = error else {
          Issue.record("\(implementation.rawValue): \(String(describing: error))")
          continue
        }
        #expect(arena.totalBytes == before)
      }
    }
    let huge = try LayerShape(tokens: 1 << 30, streams: 16, channels: 64)
    #expect(throws: RuntimeError.length("x", expected: 1 << 40, found: 0)) {
      try ReferenceConnection<Double>(.manifold, huge, .paper, x: [])
    }
  }
}
