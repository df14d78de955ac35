import Quantities

extension CompressedAttention {
  /// The rows of DeepSeek-V4's attention: one shared key-value head, a window, and compressed entries.
  ///
  /// Compression ratio 0 attends the window alone, 4 also the entries its indexer picks (CSA), 128 also every entry
  /// (HCA). Keys and values are one tensor. Each query head is normalised without a weight; like every norm it keeps its
  /// input. The rotation of the output is undone in the core's last step, so one output is kept, for the core and for
  /// the output projection; frameworks that rotate in a kernel of its own keep a second one. Recompute of the core
  /// keeps the picked entries.
  /// - Source: DeepSeek-V4 (arXiv:2606.19348) §2.3; its inference code, class `Attention`.
  public var ledger: LayerFunctionLedger {
    let heads = Notation.h * Notation.dHead
    let d = Notation.dHead
    let keyValue = Projection(
      name: "key and value", inputs: Notation.C, outputs: d, sharding: .replicated, source: source)
    let keyValueLedger = LayerFunctionLedger(
      parameters: keyValue.parameters + [
        .norm("key and value norm", width: d, source: source),
        ParameterRow("attention sink", count: Notation.h, sharding: .tensor, isMatrix: false, source: source),
      ],
      forward: [
        keyValue.work,
        .norm("query head norm", width: heads, norms: Notation.h, isWeighted: false, sharding: .tensor, source: source),
        .norm("key and value norm", width: d, sharding: .sequence, source: source),
        .rotary(channels: (2 * Notation.h + 1) * Notation.dRope, sharding: .tensor, source: source),
      ],
      saved: [
        SavedRow("q before its norm", heads, sharding: .tensor, source: source),
        SavedRow("key and value before their norm", d, sharding: .sequence, source: source),
        SavedRow("q", heads, sharding: .tensor, source: source),
        SavedRow("key and value", d, sharding: .replicated, source: source),
      ])
    return LayerFunctionLedger(parameters: [.preNorm]) + LowRankQuery(heads: heads, source: source).ledger
      + keyValueLedger + compression + core + output
  }

  private var overlaps: Bool { compressionRatio == Compressor.overlappingRatio }

  private var compression: LayerFunctionLedger {
    guard compressionRatio > 0 else { return LayerFunctionLedger() }
    let compressor = Compressor(
      name: "key-value", width: Notation.dHead, widthPerToken: Formula(.compressedChannels), overlaps: overlaps)
    guard let indexer else { return compressor.ledger }
    return compressor.ledger + indexer.ledger(overlaps: overlaps)
  }

  private var core: LayerFunctionLedger {
    let entries = compressionRatio > 0 ? Formula(.compressedChannels) : .zero
    return LayerFunctionLedger(
      forward: [
        AttentionCore.work(
          queryKey: Notation.dHead, value: Notation.dHead, keyValueTraffic: Notation.dHead + entries)
      ],
      saved: AttentionCore.saved(value: Notation.dHead))
  }

  /// Two products: each group of heads to r_o channels, then all groups to C.
  private var output: LayerFunctionLedger {
    let latent = Notation.gO * Notation.rO
    // A group sees h·d_h/g_o channels, so g_o matrices of that height hold h·d_h·r_o weights.
    var down = Projection(
      name: "output groups", inputs: Notation.h * Notation.dHead, outputs: Notation.rO, sharding: .tensor,
      source: source
    )
    down.outputTraffic = latent
    let up = Projection(name: "output", inputs: latent, outputs: Notation.C, sharding: .tensor, source: source)
    return LayerFunctionLedger(
      parameters: down.parameters + up.parameters, forward: [down.work, up.work],
      saved: [SavedRow("output groups", latent, sharding: .tensor, source: source)])
  }

  private var source: String { "DeepSeek-V4 inference code, Attention" }

  /// A value for every symbol that is special to this form.
  func setValues(_ values: inout SymbolValues, sequence: Int) throws(OverflowError) {
    values[.heads] = heads
    values[.headDimension] = headDimension
    values[.ropeDimension] = ropeDimension
    values[.queryRank] = queryRank
    values[.outputGroups] = outputGroups
    values[.outputRank] = outputRank
    var pairs = try AttendedPairs.windowed(sequence: sequence, window: window)
    if compressionRatio > 0 {
      let visible = try AttendedPairs.compressed(sequence: sequence, ratio: compressionRatio)
      values[.compressionRatio] = compressionRatio
      values[.compressedLength] = sequence / compressionRatio
      values[.compressedChannels] = Self.roundedUp(headDimension, compressionRatio)
      var attended = visible
      if let indexer {
        attended = try AttendedPairs.selected(sequence: sequence, ratio: compressionRatio, picks: indexer.topK)
        values[.indexHeads] = indexer.heads
        values[.indexDimension] = indexer.headDimension
        values[.indexedPairs] = visible
        values[.indexPicks] = min(indexer.topK, sequence / compressionRatio)
        values[.compressedIndexChannels] = Self.roundedUp(indexer.headDimension, compressionRatio)
      }
      pairs = try (Elements(pairs) + Elements(attended)).count
    }
    values[.attendedPairs] = pairs
  }

  private static func roundedUp(_ dividend: Int, _ divisor: Int) -> Int {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder > 0 ? quotient + 1 : quotient
  }
}
