import CostModel

/// One pipeline stage of a layout.
struct Stage: Sendable {
  /// Counted from 0.
  let index: Int
  let isFirst: Bool
  let isLast: Bool
  /// M.
  let inFlight: Int
  /// Residual layers of the model, those of prediction modules at its end.
  let range: Range<Int>

  init(_ index: Int, layers: Range<Int>, layout: Layout, cost: ModelCost) {
    self.index = index
    isFirst = index == 0
    isLast = index == layout.pipeline - 1
    inFlight = layout.inFlight(stage: index)
    range = 2 * layers.lowerBound..<(isLast ? cost.kindOfLayer.count : 2 * layers.upperBound)
  }

  /// L: residual layers.
  var layers: Int { range.count }
}
