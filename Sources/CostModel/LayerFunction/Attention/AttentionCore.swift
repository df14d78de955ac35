/// softmax(QKᵀ)V without stored scores: the part of attention that is quadratic in the sequence.
enum AttentionCore {
  /// The forward row.
  ///
  /// Two products over the attended pairs are counted, the softmax between them is not, as in FlashAttention's own
  /// figures. Every tensor is read or written once, as long as keys and values of a tile stay on chip.
  /// - Parameters:
  ///   - queryKey: channels of a query and key head.
  ///   - value: channels of a value head.
  ///   - keyValueTraffic: channels of all keys and values a token.
  /// - Returns: the row, run again by attention-only recompute.
  /// - Source: FlashAttention-2 (arXiv:2307.08691) §4.1: 4·S²·d_h·h forward, half of it where causal.
  static func work(queryKey: Formula, value: Formula, keyValueTraffic: Formula) -> WorkRow {
    WorkRow(
      "attention core", flopsPerSequence: 2 * Notation.A * Notation.h * (queryKey + value), kind: .attention,
      trafficPerToken: Notation.h * (queryKey + value) + keyValueTraffic, sharding: .tensor, rerunBy: .attention,
      source: source)
  }

  /// What the core makes and its backward pass reads: the output, which the output projection reads too, and one
  /// log-sum-exp a head.
  static func saved(value: Formula) -> [SavedRow] {
    [
      SavedRow("attention output", Notation.h * value, sharding: .tensor, droppedBy: .attention, source: source),
      SavedRow(
        "log-sum-exp", Notation.h, tensorClass: .single, sharding: .tensor, droppedBy: .attention, source: source),
    ]
  }

  private static let source = "FlashAttention-2 (arXiv:2307.08691) §3.1, §4.1"
}
