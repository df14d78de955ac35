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

  init(
    _ ledger: LayerMessages, _ values: SymbolValues, _ setup: TrainingSetup, reach: ExpertReach
  ) throws(OverflowError) {
    let forward = try MessageCost.of(ledger.forward, values, setup, reach: reach)
    let backward = try MessageCost.of(ledger.backward, values, setup, reach: reach)
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
  /// Key-value heads, where these are sent.
  var keyValueHeads = Int.max
  /// Of tokens on their way to experts, how many devices and domains they reach.
  var reach = ExpertReach()

  /// The rows of one pass at their sizes; rows of nothing left out.
  static func of(
    _ rows: [MessageRow], _ values: SymbolValues, _ setup: TrainingSetup, reach: ExpertReach
  ) throws(OverflowError) -> [MessageCost] {
    var costs: [MessageCost] = []
    for row in rows {
      let elements = Elements(try row.elementsPerToken.evaluate(at: values))
      guard elements.count > 0 else { continue }
      costs.append(
        MessageCost(
          name: row.name, parallelism: row.parallelism, pattern: row.pattern,
          side: row.side, bytesPerToken: try setup.precision.activation.bytes(elements).count,
          isRerun: setup.layerRecompute != .none && row.rerunBy <= setup.layerRecompute,
          keyValueHeads: try row.keyValueHeads?.evaluate(at: values) ?? .max,
          reach: row.pattern == .exchange ? reach : ExpertReach()))
    }
    return costs
  }
}

/// How likely a device has any of a token's experts, by how many devices the experts are divided over.
///
/// A table, as every layout of a search asks for it.
struct ExpertReach: Sendable {
  private var table: [(shares: Int, reach: Double)] = []

  /// Of nothing that is routed.
  init() {}

  /// For every number of devices that E divides by, and so for every number of domains they may be in.
  init(_ function: LayerFunction) {
    guard case .feedForward(.mixture(let mixture)) = function else { return }
    let experts = mixture.routedExperts
    table = (1...experts).lazy.filter { experts % $0 == 0 }.map { ($0, mixture.reach(ofShares: $0)) }
  }

  /// The probability that one of `shares` devices or domains has any of a token's experts.
  func callAsFunction(_ shares: Int) -> Double { table.first { $0.shares == shares }?.reach ?? 1 }
}
