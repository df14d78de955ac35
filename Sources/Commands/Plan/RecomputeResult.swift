import CostModel
import Planner
import Quantities

/// What is recomputed, in residual layers and in Transformer layers.
struct RecomputeResult: Encodable {
  var policy: String
  /// Of the heaviest stage, front to back.
  var blocks: [Int]
  /// Of its last layers, how many are stored.
  var storedLayers: Int
  var stage: Int
  var isProvenBest: Bool
  var paper: Paper
  /// What the other policies would make of the heaviest stage.
  var choices: [Choice]
  var stages: [Stage]

  /// One policy on the heaviest stage; the peak is a device's whole memory in its backward pass.
  struct Choice: Encodable {
    var policy: String
    var blocks: [Int]
    var peakBytes: Int
  }

  /// Equation 20 for the heaviest stage.
  struct Paper: Encodable {
    var blockLayers: [Int]
    var estimateLayers: Double
  }

  /// One stage; blocks are in residual layers, two a Transformer layer.
  struct Stage: Encodable {
    var stage: Int
    var residualLayers: Int
    var blocks: [Int]
    var storedLayers: Int
    var blocksInTransformerLayers: [Double]
  }

  init(_ planner: Planner, _ plan: Plan) throws {
    let heaviest = plan.heaviest
    policy = planner.setup.streamRecompute.argument
    blocks = heaviest.blocks
    storedLayers = heaviest.storedLayers
    stage = heaviest.index
    isProvenBest = plan.stages.allSatisfy(\.isProvenBest)
    let rule = try Equation20(layers: heaviest.residualLayers, streams: planner.setup.streams)
    paper = Paper(blockLayers: rule.minimisers, estimateLayers: rule.estimate)
    choices = try planner.choices(of: heaviest, in: plan.layout).map {
      Choice(policy: $0.name.rawValue, blocks: $0.blocks, peakBytes: $0.peak.count)
    }
    stages = plan.stages.map { stage in
      Stage(
        stage: stage.index, residualLayers: stage.residualLayers, blocks: stage.blocks,
        storedLayers: stage.storedLayers, blocksInTransformerLayers: stage.blocks.map { Double($0) / 2 })
    }
  }
}
