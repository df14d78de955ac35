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

  @Test func `what is left over goes to the latest stages but the last`() {
    #expect(StagePartition(layers: 43, pipeline: 8).stages.map(\.count) == [5, 5, 5, 5, 6, 6, 6, 5])
  }

  @Test func `a prediction module takes the place of a layer on the last stage`() {
    let stages = StagePartition(layers: 43, predictionModules: 1, pipeline: 8).stages.map(\.count)
    #expect(stages == [5, 5, 5, 6, 6, 6, 6, 4])
  }

  @Test func `every stage has a layer however many modules there are`() {
    #expect(StagePartition(layers: 4, predictionModules: 9, pipeline: 4).stages.map(\.count) == [1, 1, 1, 1])
  }
}
