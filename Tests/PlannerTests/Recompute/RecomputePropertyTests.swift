import CostModel
import Planner
import Testing

/// Claims about stages too large to try every choice on.
@Suite struct RecomputePropertyTests {
  private func stages(_ count: Int, seed: UInt64) -> [ReferenceStage] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { index in
      let layers = Int.random(in: 1...90, using: &generator)
      return .random(layers: layers, alike: index % 2 == 0, using: &generator)
    }
  }

  @Test func `no block choice beats the exact one`() throws {
    var generator = SeededGenerator(seed: 41)
    for stage in stages(300, seed: 1) {
      let problem = try stage.problem()
      let best = problem.bestUnevenBlocks()
      #expect(try problem.peak(ofBlocks: best.blocks) == best.peak)
      for _ in 0..<20 {
        var blocks: [Int] = []
        var left = problem.layers
        let longest = Int.random(in: 1...left, using: &generator)
        while left > 0 {
          blocks.append(Int.random(in: 1...min(left, longest), using: &generator))
          left -= blocks[blocks.count - 1]
        }
        #expect(try problem.peak(ofBlocks: blocks) >= best.peak, "\(stage) \(blocks)")
      }
      // The partitions next to it: one boundary moved by one layer.
      for index in best.blocks.indices.dropLast() {
        for shift in [-1, 1] where best.blocks[index] + shift > 0 && best.blocks[index + 1] - shift > 0 {
          var blocks = best.blocks
          blocks[index] += shift
          blocks[index + 1] -= shift
          #expect(try problem.peak(ofBlocks: blocks) >= best.peak, "\(stage) \(blocks)")
        }
      }
    }
  }

  @Test func `uneven blocks are never worse than uniform ones, nor these than one block or a block a layer`() throws {
    for stage in stages(300, seed: 2) {
      let problem = try stage.problem()
      let uniform = try #require(problem.bestUniformBlock())
      #expect(problem.bestUnevenBlocks().peak <= uniform.peak)
      #expect(try uniform.peak <= problem.peak(ofBlocks: [problem.layers]))
      #expect(try uniform.peak <= problem.peak(ofBlocks: Array(repeating: 1, count: problem.layers)))
      #expect(uniform.peak <= problem.storedPeak)
    }
  }

  @Test func `the best peak grows with every size, every microbatch and every layer`() throws {
    var generator = SeededGenerator(seed: 43)
    for stage in stages(300, seed: 3) {
      let peak = try stage.problem().bestUnevenBlocks().peak
      let layer = Int.random(in: stage.resident.indices, using: &generator)
      var larger = Array(repeating: stage, count: 5)
      larger[0].resident[layer] += 7
      larger[1].transient[layer] += 7
      larger[2].streamSize += 1
      larger[3].inFlight += 1
      larger[4].resident.append(3)
      larger[4].transient.append(2)
      for stage in larger { #expect(try stage.problem().bestUnevenBlocks().peak >= peak, "\(stage)") }
      #expect(try larger[2].problem().bestUnevenBlocks().peak > peak)
    }
  }

  @Test func `sizes that just fit in 64 bits have the same blocks, and their peaks scaled`() throws {
    for stage in stages(200, seed: 4) {
      let small = try stage.problem()
      let factor = Int.max / max(small.storedPeak, 1)
      let work = try RecomputeWork(layers: small.layers, perLayer: 7, perInnerLayer: 9)
      var scaled = stage
      scaled.resident = stage.resident.map { $0 * factor }
      scaled.transient = stage.transient.map { $0 * factor }
      scaled.streamSize *= factor
      let large = try scaled.problem()
      #expect(large.bestUnevenBlocks().blocks == small.bestUnevenBlocks().blocks)
      #expect(large.bestUnevenBlocks().peak == factor * small.bestUnevenBlocks().peak)
      #expect(large.bestUniformBlock()?.blockLayers == small.bestUniformBlock()?.blockLayers)
      guard stage.transient.count < 25 || stage.transient.allSatisfy({ $0 == stage.transient[0] }) else { continue }
      #expect(try large.frontier(work).points.map(\.work) == small.frontier(work).points.map(\.work))
    }
  }

  @Test func `with one microbatch the last block may be stored, or split, at no memory at all`() throws {
    for var stage in stages(200, seed: 5) {
      stage.inFlight = 1
      let problem = try stage.problem()
      let best = problem.bestUnevenBlocks()
      let last = try #require(best.blocks.last)
      let front = best.segments.dropLast()
      #expect(try problem.peak(of: front + [RecomputeSegment(.stored, layers: last)]) == best.peak)
      let split = Array(repeating: RecomputeSegment(.recomputed, layers: 1), count: last)
      #expect(try problem.peak(of: front + split) <= best.peak)
    }
  }
}
