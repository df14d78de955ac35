import CostModel
import LayerRuntime
import Measurement
import Testing

@testable import Validation

/// A step's replay uses memory where the layer uses it.
@Suite struct `Memory of a step` {
  private static func configurations() throws -> [LayerStack.Configuration] {
    let functions: [LayerFunctionKind] = OpenBLAS.isAvailable ? [.gelu(hidden: 32), .attention(heads: 2)] : [.identity]
    return try [RecomputeBlocks.stored, .equal(layers: 4, size: 1), .equal(layers: 4, size: 2), .blocks([3, 1])]
      .flatMap { blocks in
        try [(ConnectionKind.manifold, Implementation.fastest), (.hyper, .unfused), (.residual, .fused)].map {
          kind, implementation in
          let shape = try LayerShape(tokens: 48, streams: kind == .residual ? 1 : 4, channels: 64)
          var c = LayerStack.Configuration(
            kind, shape, .deepSeekV4, implementation, functions: (0..<4).map { functions[$0 % functions.count] })
          c.blocks = blocks
          return c
        }
      }
  }

  /// The bytes that a step's operands reach up to are those by which the arena grows in a step.
  @Test func `reaches as high as the arena does`() throws {
    for c in try Self.configurations() {
      let arena = try Arena()
      let stack = try LayerStack(c, arena: arena)
      let input = try Streams(arena, .scratch, c.shape, c.format)
      let before = arena.touchedBytes
      try stack.step(input)
      let operands = try StepWork.works(c).flatMap(\.operands).filter { $0.name == "arena" }
      let first = operands.map(\.offset).min()
      #expect(first == 0)
      // The highest piece may be one that no operation of the list has, such as a norm's root: those are small.
      let highest = try #require(operands.map(\.offset).max())
      let grown = arena.touchedBytes - before
      #expect(highest < grown && highest > grown / 2, "\(c.connection) \(c.blocks.label): \(highest) of \(grown)")
      #expect(try StepWork.reach(c, from: before) == arena.touchedBytes, "\(c.connection) \(c.blocks.label)")
    }
  }

  @Test func `a piece that was given back is handed out again`() {
    var memory = StepMemory()
    let (a, b) = (memory.take(100), memory.take(64))
    memory.give(a)
    // 100 bytes take two lines: a piece of one fits there, then one beside it, and a third goes to the end.
    let (c, d, e) = (memory.take(64), memory.take(1), memory.take(64))
    let works = [a, b, c, d, e].map { name in
      var work = Work(name: name, threads: 1)
      work.operands = [Pass.Operand(name), Pass.Operand("weights", offset: 64)]
      return memory.placed(work)
    }
    #expect(works.map { $0.operands[0].offset } == [0, 128, 0, 64, 192])
    #expect(works.allSatisfy { $0.operands[0].name == "arena" && $0.operands[1].name == "weights" })
    #expect(memory.reach == 256)
  }

  @Test func `a large piece begins with a page, and what is before it belongs to it`() {
    var memory = StepMemory(from: 100)
    let (small, large) = (memory.take(64), memory.take(65_536))
    #expect(memory.reach == 4096 + 65_536)
    memory.give(large)
    // The lines between 192 and the page are free again, and the next large piece has the same place.
    let (between, again) = (memory.take(64), memory.take(65_536))
    let works = [small, large, between, again].map { name in
      var work = Work(name: name, threads: 1)
      work.operands = [Pass.Operand(name)]
      return memory.placed(work)
    }
    #expect(works.map { $0.operands[0].offset } == [128, 4096, 192, 4096])
  }
}
