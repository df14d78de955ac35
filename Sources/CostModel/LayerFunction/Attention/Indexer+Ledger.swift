extension CompressedAttention.Indexer {
  /// The rows of the lightning indexer, which scores every visible compressed entry and picks k_i of them.
  ///
  /// Its queries come from the attention's query latent, its keys from a compressor of its own, and a projection of
  /// the layer input weighs its heads. Kept are queries, keys, head weights and the picked places, so that recompute
  /// of the attention core needs no scoring. The loss that trains the indexer is not counted.
  /// - Source: DeepSeek-V4 (arXiv:2606.19348) §2.3.1; its inference code, class `Indexer`.
  func ledger(overlaps: Bool) -> LayerFunctionLedger {
    let (heads, width) = (Formula(.indexHeads), Formula(.indexDimension))
    let query = Projection(
      name: "index query", inputs: Notation.rQ, outputs: heads * width, sharding: .tensor, source: source)
    let weights = Projection(
      name: "index head weights", inputs: Notation.C, outputs: heads, sharding: .tensor, source: source)
    let compressor = Compressor(
      name: "index", width: width, widthPerToken: Formula(.compressedIndexChannels), overlaps: overlaps)
    let pairs = Formula(.indexedPairs)
    let rest = LayerFunctionLedger(
      parameters: query.parameters + weights.parameters,
      forward: [
        query.work, weights.work,
        .rotary("index rotary", channels: heads * Notation.dRope, sharding: .tensor, source: source),
        // A dot product a head, then ReLU, weight and sum over the heads.
        WorkRow(
          "index scores", flopsPerSequence: 2 * pairs * heads * width + 2 * pairs * heads, kind: .attention,
          trafficPerToken: heads * width + heads + Formula(.compressedIndexChannels) + Formula(.indexPicks),
          sharding: .tensor, source: source),
      ],
      saved: [
        SavedRow("index q", heads * width, sharding: .tensor, source: source),
        SavedRow("index head weights", heads, sharding: .tensor, source: source),
        SavedRow("picked places", Formula(.indexPicks), tensorClass: .single, sharding: .replicated, source: source),
      ])
    return compressor.ledger + rest
  }

  private var source: String { "DeepSeek-V4 inference code, Indexer" }
}
