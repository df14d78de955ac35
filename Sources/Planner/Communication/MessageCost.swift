import CostModel
import Quantities

/// The messages of one kind of layer function in bytes a token.
struct MessageCost: Sendable {
  var name: String
  var parallelism: MessageRow.Parallelism
  var pattern: MessageRow.Pattern
  var side: MessageRow.Side
  var bytesPerToken: Int
  /// Whether the backward pass sends it again.
  var isRerun: Bool

  /// The rows of one pass at their sizes; rows of nothing left out.
  static func of(
    _ rows: [MessageRow], _ values: SymbolValues, _ setup: TrainingSetup
  ) throws(OverflowError) -> [MessageCost] {
    var costs: [MessageCost] = []
    for row in rows {
      let elements = Elements(try row.elementsPerToken.evaluate(at: values))
      guard elements.count > 0 else { continue }
      costs.append(
        MessageCost(
          name: row.name, parallelism: row.parallelism, pattern: row.pattern,
          side: row.side, bytesPerToken: try setup.precision.activation.bytes(elements).count,
          isRerun: setup.layerRecompute != .none && row.rerunBy <= setup.layerRecompute))
    }
    return costs
  }
}
