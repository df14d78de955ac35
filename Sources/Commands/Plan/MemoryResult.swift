import CostModel
import Planner
import Quantities

/// Memory at the peak of the heaviest stage, by part.
struct MemoryResult: Encodable {
  var peakBytes: Int
  var parts: [String: Int]
  var formulas: [String: String]
  var stage: Int
  var moment: String
  var stages: [StageResult]

  /// The peak of one stage.
  struct StageResult: Encodable {
    var stage: Int
    var layers: Int
    var residualLayers: Int
    var inFlight: Int
    var peakBytes: Int
  }

  init(_ planner: Planner, _ plan: Plan) throws {
    let heaviest = plan.heaviest
    let memory = try planner.memory(of: heaviest, in: plan.layout)
    peakBytes = memory.total.count
    parts = Dictionary(
      uniqueKeysWithValues: MemoryPart.allCases.map { ("\($0.rawValue)Bytes", memory.bytes($0).count) })
    formulas = Dictionary(
      uniqueKeysWithValues: MemoryPart.allCases.map { ("\($0.rawValue)Bytes", $0.formula.description) })
    stage = plan.heaviestStage
    moment = heaviest.moment
    stages = plan.stages.map {
      StageResult(
        stage: $0.index, layers: $0.chunks.reduce(0) { $0 + $1.layers.count }, residualLayers: $0.residualLayers,
        inFlight: $0.inFlight,
        peakBytes: $0.peak.count)
    }
  }
}

extension StagePlan {
  /// When the peak is, in words.
  var moment: String {
    if peaksAtLoss {
      return chunks.count == 1 ? "at the loss, with the logits alive" : "in a forward pass of chunk \(peakChunk + 1)"
    }
    guard segments.indices.contains(peakSegment) else { return "no layers" }
    let segment = segments[peakSegment]
    let first = segments[..<peakSegment].reduce(1) { $0 + $1.layers }
    let range =
      "residual layers \(first) to \(first + segment.layers - 1)"
      + (chunks.count == 1 ? "" : ", counted chunk by chunk,")
    return switch segment.kind {
    case .stored: "as the backward pass reaches \(range), which are stored"
    case .recomputed: "while \(range) are recomputed, block \(peakSegment + 1) of \(segments.count)"
    }
  }
}
