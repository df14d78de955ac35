import CostModel
import Quantities

/// The messages of one kind of layer function, by pass and by whether they stand where its input or its output is.
struct PassMessages: Sendable {
  let before: [MessageCost]
  let after: [MessageCost]
  let backwardAfter: [MessageCost]
  let backwardBefore: [MessageCost]
  /// Those of the forward pass that the backward pass sends again.
  let rerun: [MessageCost]

  init(_ ledger: LayerMessages, _ values: SymbolValues, _ setup: TrainingSetup) throws(OverflowError) {
    let forward = try MessageCost.of(ledger.forward, values, setup)
    let backward = try MessageCost.of(ledger.backward, values, setup)
    before = forward.filter { $0.side == .input }
    after = forward.filter { $0.side == .output }
    backwardAfter = backward.filter { $0.side == .output }
    backwardBefore = backward.filter { $0.side == .input }
    rerun = forward.filter(\.isRerun)
  }
}

/// One message row of a layer function in bytes a token.
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
