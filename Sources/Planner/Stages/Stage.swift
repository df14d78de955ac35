import CostModel

/// One part of the model: the layers of a pipeline stage, or of one of its chunks.
struct Stage: Sendable {
  /// The part, counted from the front of the model: the stage, where each has one chunk.
  let index: Int
  let isFirst: Bool
  let isLast: Bool
  /// M: microbatches whose activations a device holds of it at once.
  let inFlight: Int
  /// Residual layers of the model, those of prediction modules at its end.
  let range: Range<Int>

  init(_ index: Int, of parts: Int, layers: Range<Int>, inFlight: Int, cost: ModelCost) {
    self.index = index
    isFirst = index == 0
    isLast = index == parts - 1
    self.inFlight = inFlight
    range = 2 * layers.lowerBound..<(isLast ? cost.kindOfLayer.count : 2 * layers.upperBound)
  }

  /// L: residual layers.
  var layers: Int { range.count }

  /// Residual layers that are not a prediction module's.
  func decoderLayers(_ cost: ModelCost) -> Int { min(range.upperBound, 2 * cost.model.layers.count) - range.lowerBound }
}

extension StagePlan {
  /// The parts of the model that a stage of this plan holds.
  func parts(_ layout: Layout, _ cost: ModelCost) -> [Stage] {
    chunks.map {
      Stage($0.part, of: layout.parts, layers: $0.layers, inFlight: $0.inFlight, cost: cost)
    }
  }
}
