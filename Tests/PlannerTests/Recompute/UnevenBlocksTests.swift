import CostModel
import Planner
import Testing

@Suite struct UnevenBlocksTests {
  @Test(arguments: 1...11)
  func `equals the best of every partition, with the fewest and then the longest blocks`(_ layers: Int) throws {
    var generator = SeededGenerator(seed: UInt64(layers))
    let partitions = ReferenceStage.choices(layers: layers, storing: false)
    #expect(partitions.count == 1 << (layers - 1))
    for _ in 0..<(layers < 8 ? 500 : 60) {
      let stage = ReferenceStage.random(layers: layers, alike: Bool.random(using: &generator), using: &generator)
      let peaks = partitions.map(stage.peak)
      let least = try #require(peaks.min())
      let best = partitions.indices.filter { peaks[$0] == least }.map { ReferenceStage.blocks(partitions[$0]) }
      let fewest = best.map(\.count).min()
      let canonical = best.filter { $0.count == fewest }.max { $0.lexicographicallyPrecedes($1) }
      let found = try stage.problem().bestUnevenBlocks()
      #expect(found.peak == least, "\(stage)")
      #expect(found.blocks == canonical, "\(stage)")
    }
  }

  @Test(arguments: 1...9)
  func `equals the best of every partition, loss and backward pass alike, with logits alive at the loss`(
    _ layers: Int
  ) throws {
    var generator = SeededGenerator(seed: UInt64(100 + layers))
    let partitions = ReferenceStage.choices(layers: layers, storing: false)
    for _ in 0..<(layers < 8 ? 400 : 60) {
      let stage = ReferenceStage.random(layers: layers, alike: Bool.random(using: &generator), using: &generator)
      let problem = try stage.problem()
      let logits = Int.random(in: 1...[4, 40, 4000][Int.random(in: 0..<3, using: &generator)], using: &generator)
      let peaks = partitions.map { max(stage.peak($0), stage.held($0) + logits) }
      let least = try #require(peaks.min())
      let best = partitions.indices.filter { peaks[$0] == least }.map { ReferenceStage.blocks(partitions[$0]) }
      let fewest = best.map(\.count).min()
      let canonical = best.filter { $0.count == fewest }.max { $0.lexicographicallyPrecedes($1) }
      let found = problem.bestUnevenBlocks(logits: logits)
      #expect(found.peak == least, "\(stage) \(logits)")
      #expect(found.blocks == canonical, "\(stage) \(logits)")
      let sizes = (1...layers).map { size in
        partitions.indices.first { index in
          let blocks = ReferenceStage.blocks(partitions[index])
          return blocks.dropLast().allSatisfy { $0 == size } && (blocks.last ?? 0) <= size
        }.map { peaks[$0] } ?? .max
      }
      #expect(problem.bestUniformBlock(logits: logits)?.peak == sizes.min(), "\(stage) \(logits)")
    }
  }

  @Test func `sixty layers, n = 4, F = 10: the mHC part of the peak is 22 channels instead of 50`() throws {
    let problem = try RecomputeProblem(layers: 60, streams: 4, saved: 10)
    let uneven = problem.bestUnevenBlocks()
    #expect(uneven.peak - 60 * 10 == 22)
    #expect(uneven.blocks.reduce(0, +) == 60)
    #expect(uneven.blocks == uneven.blocks.sorted(by: >))
    #expect(try problem.peak(ofBlocks: uneven.blocks) == uneven.peak)
    #expect(try #require(problem.bestUniformBlock()).peak - 60 * 10 == 50)
  }

  @Test func `a stage without layers has no blocks`() throws {
    let problem = try RecomputeProblem(resident: [], transient: [], streamSize: 4)
    #expect(problem.bestUnevenBlocks() == RecomputeBlocks(blocks: [], peak: 0))
    #expect(problem.bestUniformBlock() == nil)
  }

  @Test func `sizes close to the limit of 64 bits do not overflow`() throws {
    let problem = try RecomputeProblem(
      resident: [.max / 8, 0], transient: [.max / 8, .max / 8], streamSize: .max / 8, inFlight: 1)
    // One block needs 5/8, two need σ + r + x and 2σ + r + x.
    #expect(problem.bestUnevenBlocks() == RecomputeBlocks(blocks: [1, 1], peak: .max / 8 * 4))
    #expect(problem.bestUnevenBlocks(logits: .max).peak == .max)
    #expect(problem.bestUniformBlock(logits: .max)?.peak == .max)
  }
}
