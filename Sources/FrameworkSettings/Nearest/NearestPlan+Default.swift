import CostModel
import Planner

extension NearestPlan {
  /// What the framework's default of one block a stage would hold, where the plan recomputes in smaller blocks.
  var defaultBlock: Plan? {
    get throws {
      guard hasStreams, planner.setup.layerRecompute != .full, let size = plan.uniformBlockLayers,
        let longest = plan.stages.map(\.residualLayers).max(), size < longest
      else { return nil }
      return try evaluate(Candidate("one block") { _, setup, _ in setup.streamRecompute = .blocks(ofLayers: longest) })?
        .1
    }
  }
}
