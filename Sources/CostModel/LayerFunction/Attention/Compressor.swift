/// DeepSeek-V4's compressor: a gated pooling of every m tokens into one entry of `width` channels.
///
/// Two projections of the layer input give a value and a score a token and channel; the scores of m tokens, with a
/// learned bias a place, go through a softmax, and the entry is the weighted sum, normalised and rotated. Where entries
/// overlap (m = 4) an entry pools 2m tokens, and values and scores are twice as wide. Values and scores are kept in
/// fp32, in which the pooling is done.
/// - Source: DeepSeek-V4 (arXiv:2606.19348) §2.3; its inference code, class `Compressor`.
struct Compressor {
  /// Put before the name of every row: `key-value` or `index`.
  var name: String
  /// Channels of an entry.
  var width: Formula
  /// Channels of entries a token: width/m rounded up.
  var widthPerToken: Formula
  /// Whether an entry also pools the m tokens before its own.
  var overlaps: Bool

  /// The m at which entries overlap.
  /// - Source: DeepSeek-V4's inference code: `overlap = compress_ratio == 4`.
  static let overlappingRatio = 4

  /// The rows.
  var ledger: LayerFunctionLedger {
    let pooled = overlaps ? 2 * width : width
    let value = projection("value", to: pooled)
    let score = projection("score", to: pooled)
    let entries = Formula(.compressedLength)
    return LayerFunctionLedger(
      parameters: value.parameters + score.parameters + [
        ParameterRow(
          "\(name) compressor place bias", count: Formula(.compressionRatio) * pooled, sharding: .replicated,
          isMatrix: true, source: source),
        .norm("\(name) compressor norm", width: width, source: source),
      ],
      forward: [
        value.work, score.work,
        // A bias, an exponential, its sum, a product and a sum a channel; an entry is divided once, then normalised.
        WorkRow(
          "\(name) pooling and norm", flopsPerSequence: 5 * Notation.S * pooled + 5 * entries * width, kind: .vector,
          trafficPerToken: 2 * pooled + 2 * widthPerToken, trafficClass: .single, sharding: .sequence, source: source),
      ],
      saved: [
        SavedRow("\(name) values", pooled, tensorClass: .single, sharding: .sequence, source: source),
        SavedRow("\(name) scores", pooled, tensorClass: .single, sharding: .sequence, source: source),
        SavedRow("\(name) entries before their norm", widthPerToken, sharding: .sequence, source: source),
        SavedRow("\(name) entries", widthPerToken, sharding: .replicated, source: source),
      ])
  }

  private func projection(_ what: String, to outputs: Formula) -> Projection {
    Projection(
      name: "\(name) compressor \(what)", inputs: Notation.C, outputs: outputs, sharding: .replicated, source: source)
  }

  private var source: String { "DeepSeek-V4 inference code, Compressor" }
}
