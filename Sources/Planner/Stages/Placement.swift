import CostModel
import Schedules

/// Where the parts of the model are: the stage, or the stages, that hold each.
struct Placement: Sendable {
  /// Transformer layers of each part, front to back.
  let layers: [Range<Int>]
  /// Parts of each stage, chunk by chunk.
  let partsOfStage: [[Int]]
  /// The order of passes; nil where the layout's schedule has closed forms.
  let order: PassOrder?
  private let closedInFlight: [Int]

  /// The placement of a layout that was checked.
  init(_ layout: Layout, layers count: Int, modules: Int) throws {
    layers =
      (layout.stageLayers.isEmpty
      ? StagePartition(layers: count, predictionModules: modules, pipeline: layout.parts)
      : StagePartition(layout.stageLayers)).stages
    guard layout.inFlight(stage: 0) == nil else {
      partsOfStage = layers.indices.map { [$0] }
      closedInFlight = layers.indices.compactMap { layout.inFlight(stage: $0) }
      order = nil
      return
    }
    let pipeline = try layout.pipelineSchedule
    partsOfStage = (0..<pipeline.stages).map { stage in
      (0..<pipeline.chunks).map { pipeline.part(stage: stage, chunk: $0) }
    }
    closedInFlight = []
    order = try PassOrder(pipeline)
  }

  /// The parts of a stage, with the most microbatches of each that it holds.
  func parts(of stage: Int, _ cost: ModelCost) -> [Stage] {
    let own = partsOfStage[stage]
    let inFlight = order?.mostInFlight(stage: stage, chunks: own.count) ?? [closedInFlight[stage]]
    return zip(own, inFlight).map { part, held in
      Stage(part, of: layers.count, layers: layers[part], inFlight: held, cost: cost)
    }
  }

  /// How each part is recomputed; stages that share one agree.
  func segments(_ stages: [StagePlan]) -> [[RecomputeSegment]] {
    guard order != nil else { return stages.map { $0.chunks[0].segments } }
    var segments = Array(repeating: [RecomputeSegment](), count: layers.count)
    for chunk in stages.lazy.flatMap(\.chunks) { segments[chunk.part] = chunk.segments }
    return segments
  }
}
