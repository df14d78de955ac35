import Planner
import Testing

@Suite struct StagePartitionTests {
  @Test(arguments: [(1, 1), (43, 8), (61, 16), (30, 4), (7, 7)])
  func `stages cover the layers in order and differ by at most one layer`(_ layers: Int, _ pipeline: Int) {
    let stages = StagePartition(layers: layers, pipeline: pipeline).stages
    #expect(stages.count == pipeline)
    #expect(stages.flatMap { Array($0) } == Array(0..<layers))
    let sizes = stages.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test func `the last stages take what is left over`() {
    #expect(StagePartition(layers: 43, pipeline: 8).stages.map(\.count) == [5, 5, 5, 5, 5, 6, 6, 6])
  }
}
