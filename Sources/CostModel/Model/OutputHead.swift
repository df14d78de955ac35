/// From residual streams to logits.
struct OutputHead {
  /// Whether the streams are read out by learned weights (DeepSeek-V4's hc_head), not averaged.
  var hasStreamHead: Bool
  /// Whether there is more than one stream.
  var hasStreams: Bool
  /// Whether the matrix is someone else's: the embedding's, or the main head's for a prediction module.
  var sharesMatrix: Bool
  /// Whether a prediction module reads the streams too.
  var isFollowed: Bool

  /// The read-out of the streams, the final norm and the product with V rows.
  ///
  /// Kept are the streams where something still reads them, and the read-out before and after its norm. The logits are
  /// not in the rows: what is kept of them is the loss function's choice.
  /// - Source: DeepSeek-V3's and DeepSeek-V4's inference code, `model.norm`, `lm_head`, `hc_head`.
  var ledger: LayerFunctionLedger {
    let (n, C) = (Notation.n, Notation.C)
    let matrix = Projection(
      name: "output head", inputs: C, outputs: Notation.V, sharding: .tensor, source: source)
    let keepsStreams = hasStreamHead || (isFollowed && hasStreams)
    return readOut
      + LayerFunctionLedger(
        parameters: [
          .norm("final norm", width: C, source: source),
          ParameterRow(
            "output head", count: sharesMatrix ? 0 : Notation.V * C, activeCount: Notation.V * C, sharding: .tensor,
            isMatrix: false, source: source),
        ],
        forward: [.norm("final norm", width: C, sharding: .sequence, source: source), matrix.work],
        saved: (keepsStreams
          ? [SavedRow("final streams", n * C, tensorClass: .stream, sharding: .sequence, source: source)] : []) + [
            SavedRow("read-out", C, sharding: .sequence, source: source),
            SavedRow("normalised read-out", C, sharding: .sequence, source: source),
          ])
  }

  /// The streams to one vector: by sigmoid weights from a projection of all streams, or by averaging.
  private var readOut: LayerFunctionLedger {
    let (n, C) = (Notation.n, Notation.C)
    guard hasStreamHead else {
      guard hasStreams else { return LayerFunctionLedger() }
      return LayerFunctionLedger(
        forward: [
          .vector(
            "stream average", flops: n * C, traffic: n * C + C, in: .stream, sharding: .sequence,
            source: "Hyper-Connections (arXiv:2409.19606) §2.1")
        ])
    }
    let source = "DeepSeek-V4 inference code, hc_head"
    return LayerFunctionLedger(
      parameters: [
        ParameterRow("stream head", count: n * n * C, sharding: .replicated, isMatrix: true, source: source),
        ParameterRow("stream head bias, scale", count: n + 1, sharding: .replicated, isMatrix: false, source: source),
      ],
      forward: [
        // Projection to n weights, the norm's sum of squares, and the weighted sum.
        .vector(
          "stream head", flops: 2 * n * n * C + 2 * n * C + 2 * n * C, traffic: n * C + C, in: .stream,
          sharding: .sequence, source: source)
      ])
  }

  private var source: String { "DeepSeek-V3 (arXiv:2412.19437) §2" }
}
