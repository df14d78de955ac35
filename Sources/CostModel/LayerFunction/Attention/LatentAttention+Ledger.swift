import Quantities

extension LatentAttention {
  /// The rows of MLA as it is trained: latents projected up to whole heads.
  ///
  /// Kept are the latents before and after their norms and the heads that the core reads. Keys are assembled with their
  /// rotary part, which all heads share, in one kernel with the rotation, so the up projection's output is not kept
  /// beside them. The latents are whole on every tensor-parallel device, each with its own tokens under sequence
  /// parallelism.
  /// - Source: DeepSeek-V2 (arXiv:2405.04434) §2.1, appendix C; DeepSeek-V3 (arXiv:2412.19437) §2.1.1.
  public var ledger: LayerFunctionLedger {
    let (h, rKV) = (Notation.h, Notation.rKV)
    let (dNope, dRope, dValue) = (Notation.dNope, Notation.dRope, Notation.dValue)
    let keyValueDown = Projection(
      name: "key and value down", inputs: Notation.C, outputs: rKV + dRope, sharding: .replicated, source: source)
    let keyValueUp = Projection(
      name: "key and value up", inputs: rKV, outputs: h * (dNope + dValue), sharding: .tensor, source: source)
    let output = Projection(
      name: "output", inputs: h * dValue, outputs: Notation.C, sharding: .tensor, source: source)
    let rotated = h * dRope + dRope
    let assembled = h * (2 * dNope + dRope + 2 * dValue)
    let rest = LayerFunctionLedger(
      parameters: keyValueDown.parameters + [.norm("key and value norm", width: rKV, source: source)]
        + keyValueUp.parameters + output.parameters,
      forward: [
        keyValueDown.work, .norm("key and value norm", width: rKV, sharding: .sequence, source: source),
        keyValueUp.work,
        .vector(
          "rotary and key assembly", flops: 3 * rotated, traffic: 2 * h * dRope + dRope + assembled, sharding: .tensor,
          source: source),
        AttentionCore.work(
          queryKey: dNope + dRope, value: dValue, keyValueTraffic: h * (dNope + dRope + dValue)),
        output.work,
      ],
      saved: [
        SavedRow("key and value latent", rKV, sharding: .sequence, source: source),
        SavedRow("normalised key and value latent", rKV, sharding: .sequence, source: source),
        SavedRow("q", h * (dNope + dRope), sharding: .tensor, source: source),
        SavedRow("k", h * (dNope + dRope), sharding: .tensor, source: source),
        SavedRow("v", h * dValue, sharding: .tensor, source: source),
      ] + AttentionCore.saved(value: dValue))
    return LayerFunctionLedger(parameters: [.preNorm]) + query + rest
  }

  /// Queries through their own latent, or straight from the layer input.
  private var query: LayerFunctionLedger {
    let heads = Notation.h * (Notation.dNope + Notation.dRope)
    guard queryRank != nil else {
      let direct = Projection(
        name: "query", inputs: Notation.C, outputs: heads, sharding: .tensor, source: source)
      return LayerFunctionLedger(parameters: direct.parameters, forward: [direct.work])
    }
    return LowRankQuery(heads: heads, source: source).ledger
  }

  private var source: String { "DeepSeek-V2 (arXiv:2405.04434) §2.1" }

  /// A value for every symbol that is special to this form.
  func setValues(_ values: inout SymbolValues, sequence: Int) throws(OverflowError) {
    values[.heads] = heads
    values[.queryRank] = queryRank
    values[.keyValueRank] = keyValueRank
    values[.noPositionDimension] = noPositionDimension
    values[.ropeDimension] = ropeDimension
    values[.valueDimension] = valueDimension
    values[.attendedPairs] = try AttendedPairs.causal(sequence: sequence)
  }
}

/// Queries through a normalised latent of rank r_q.
struct LowRankQuery {
  /// Channels of all query heads.
  var heads: Formula
  /// Where the form comes from.
  var source: String

  /// Down projection, norm, up projection; the latent is kept before and after its norm.
  var ledger: LayerFunctionLedger {
    let rank = Notation.rQ
    let down = Projection(name: "query down", inputs: Notation.C, outputs: rank, sharding: .replicated, source: source)
    let up = Projection(name: "query up", inputs: rank, outputs: heads, sharding: .tensor, source: source)
    return LayerFunctionLedger(
      parameters: down.parameters + [.norm("query norm", width: rank, source: source)] + up.parameters,
      forward: [down.work, .norm("query norm", width: rank, sharding: .sequence, source: source), up.work],
      saved: [
        SavedRow("query latent", rank, sharding: .sequence, source: source),
        SavedRow("normalised query latent", rank, sharding: .sequence, source: source),
      ])
  }
}
