import AllocationCounter
import LayerRuntime
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a training step asks of the C library's allocator, and of the system for pages.
@Suite struct AllocationTests {
  struct Choice: CustomTestStringConvertible {
    var kind: ConnectionKind
    var implementation: Implementation
    var blocks: RecomputeBlocks
    var format: StreamFormat
    var threads: Int
    var function: LayerFunctionKind
    var testDescription: String {
      "\(kind.rawValue), \(implementation.rawValue), \(blocks), \(format.rawValue), \(threads) threads, \(function)"
    }
  }
  static let choices: [Choice] = ConnectionKind.allCases.flatMap { kind in
    [Implementation.unfused, .fused, .fastest].flatMap { implementation in
      [RecomputeBlocks.stored, .blocks([2, 1])].flatMap { blocks in
        [1, 2].map { threads in
          Choice(
            kind: kind, implementation: implementation, blocks: blocks,
            format: threads == 1 ? .float32 : .bfloat16, threads: threads, function: .identity)
        }
      }
    }
  }
  /// One thread: OpenBLAS allocates for its own threads.
  static let functions: [Choice] = [LayerFunctionKind.gelu(hidden: 24), .swiGLU(hidden: 20), .attention(heads: 2)].map {
    Choice(
      kind: .manifold, implementation: .fastest, blocks: .blocks([2, 1]), format: .float32, threads: 1, function: $0)
  }

  static func stack(_ choice: Choice, arena: Arena) throws -> LayerStack {
    let shape = try LayerShape(tokens: 50, streams: choice.kind == .residual ? 1 : 4, channels: 32)
    var configuration = LayerStack.Configuration(
      choice.kind, shape, .deepSeekV4, choice.implementation,
      functions: [LayerFunctionKind](repeating: choice.function, count: 3))
    configuration.blocks = choice.blocks
    configuration.format = choice.format
    configuration.team = try ThreadTeam(choice.threads)
    return try LayerStack(configuration, arena: arena)
  }

  @Test(
    .enabled(if: allocation_count() >= 0), arguments: choices + (OpenBLAS.isAvailable ? functions : []))
  func `a step after the first allocates no buffer, and optimised nothing at all`(_ choice: Choice) throws {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let stack = try Self.stack(choice, arena: arena)
    let x = try LayerStackTests.input(stack.configuration, arena)
    let gradient = try Streams(arena, .gradient, stack.configuration.shape, choice.format)
    for _ in 0..<3 { try stack.step(x, gradient: gradient) }
    let before = allocation_count()
    _ = allocation_largest()
    for _ in 0..<5 { try stack.step(x, gradient: gradient) }
    let (calls, largest) = (allocation_count() - before, allocation_largest())
    // The smallest tensor of a step is 1/r of 50 tokens. Without the optimiser Swift boxes what a call captures, and
    // OpenBLAS allocates for small products: less than the smallest tensor of an MLP, of 50 times 20.
    #expect(largest < (choice.function == .identity ? 50 * 4 : 50 * 20 * 4))
    #if !DEBUG
      #expect(calls == 0 || choice.function != .identity)
    #else
      #expect(calls > 0, "then the whole claim can be tested here")
    #endif
  }

  @Test(
    .enabled(if: allocation_count() >= 0), arguments: choices.filter { $0.blocks == .stored })
  func `passes around a function of the caller's after the first allocate no buffer, and optimised nothing at all`(
    _ choice: Choice
  ) throws {
    let arena = try Arena(capacityBytes: testArenaBytes)
    let shape = try LayerShape(tokens: 50, streams: choice.kind == .residual ? 1 : 4, channels: 32)
    let layer = try ConnectionLayer(
      choice.kind, shape, .deepSeekV4, choice.implementation, format: choice.format,
      team: try ThreadTeam(choice.threads), arena: arena)
    let streams = try (0..<4).map { _ in try Streams(arena, .transient, shape, choice.format) }
    for stream in streams { try stream.set([Float](repeating: 0.5, count: stream.count)) }
    let (x, gradNext, next, gradX) = (streams[0], streams[1], streams[2], streams[3])
    let u: Region<Float> = try arena.allocate(.transient, 50 * 32)
    let y: Region<Float> = try arena.allocate(.transient, 50 * 32)
    // F(u) = u/2.
    func passes() throws {
      try layer.preMix(x: x, u: u)
      for index in 0..<y.count { y.base[index] = u.base[index] / 2 }
      try layer.merge(x: x, y: y, next: next)
      try layer.preMixAgain(x: x, u: u)
      try layer.mergeBackward(x: x, y: y, gradNext: gradNext, gradX: gradX, gradY: u)
      for index in 0..<u.count { u.base[index] /= 2 }
      try layer.preMixBackward(x: x, gradU: u, gradNext: gradNext, gradX: gradX)
    }
    for _ in 0..<3 { try passes() }
    let (before, growths) = (allocation_count(), arena.growths)
    _ = allocation_largest()
    for _ in 0..<5 { try passes() }
    let (calls, largest) = (allocation_count() - before, allocation_largest())
    #expect(largest < 50 * 4)
    #expect(arena.growths == growths)
    #if !DEBUG
      #expect(calls == 0)
    #else
      #expect(calls >= 0)
    #endif
  }

  @Test(.enabled(if: allocation_count() >= 0)) func `the counter counts`() {
    let before = allocation_count()
    _ = allocation_largest()
    let memory = malloc(12_345)
    #expect(allocation_count() - before >= 1)
    #expect(allocation_largest() >= 12_345)
    free(memory)
  }

  @Test(arguments: [RecomputeBlocks.stored, .blocks([4, 2])])
  func `pages in use are those that the arena knows of`(_ blocks: RecomputeBlocks) throws {
    let shape = try LayerShape(tokens: 1024, streams: 4, channels: 256)
    var configuration = LayerStack.Configuration(
      .manifold, shape, .deepSeekV4, .fused, functions: [LayerFunctionKind](repeating: .identity, count: 6))
    configuration.blocks = blocks
    let arena = try Arena(capacityBytes: 1 << 30)
    let first: Region<UInt8> = try arena.allocate(.scratch, 1)
    let stack = try LayerStack(configuration, arena: arena)
    let x = try LayerStackTests.input(configuration, arena)
    for _ in 0..<2 { try stack.step(x) }
    // The arena's first buffer is at its first byte. A page may be as large as 2 MiB where the system merges them.
    let resident = Self.residentBytes(from: first.base, bytes: 1 << 30)
    let merged = 2 << 20
    #expect(resident > arena.peakBytes - merged && resident <= arena.touchedBytes + merged)
    // What the process grows by is the peak, but for rounding and gaps.
    #expect(arena.touchedBytes >= arena.peakBytes)
    #expect(Double(arena.touchedBytes) < 1.05 * Double(arena.peakBytes))
    #expect(arena.peakBytes > 30 << 20)
  }

  /// Bytes of whole pages that are in memory.
  static func residentBytes(from start: UnsafeMutablePointer<UInt8>, bytes: Int) -> Int {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    var pages = [UInt8](repeating: 0, count: (bytes + page - 1) / page)
    guard mincore(start, bytes, &pages) == 0 else { return -1 }
    return pages.reduce(0) { $0 + Int($1 & 1) } * page
  }
}
