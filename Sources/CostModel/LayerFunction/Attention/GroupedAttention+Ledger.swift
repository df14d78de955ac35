import Quantities

extension GroupedAttention {
  /// The rows of MHA, GQA and MQA.
  ///
  /// Under tensor parallelism keys and values divide over at most h_kv devices; a wider layout copies them. The projection
  /// divides all the same: what it makes is put together before each device takes its heads. The core's reading of copied
  /// heads is not counted.
  /// - Source: Grouped-query attention (arXiv:2305.13245); Korthikanti et al. (arXiv:2205.05198) §4.1; Megatron-LM
  ///   megatron/core/transformer/attention.py, `get_query_key_value_tensors`.
  public var ledger: LayerFunctionLedger {
    let (h, hKV, d) = (Notation.h, Notation.hKV, Notation.dHead)
    let queryKeyValue = Projection(
      name: "query, key, value", inputs: Notation.C, outputs: (h + 2 * hKV) * d, sharding: .tensor,
      hasBias: hasInputBias, source: source)
    var output = Projection(
      name: "output", inputs: h * d, outputs: Notation.C, sharding: .tensor, source: source)
    output.hasBias = hasOutputBias
    return LayerFunctionLedger(
      parameters: [.preNorm] + queryKeyValue.parameters + headNormParameters + output.parameters,
      forward: [queryKeyValue.work] + headNormWork + [
        .rotary(channels: (h + hKV) * d, sharding: .tensor, source: "RoPE (arXiv:2104.09864)"),
        AttentionCore.work(queryKey: d, value: d, keyValueTraffic: 2 * hKV * d),
        output.work,
      ],
      saved: headNormSaved + [
        SavedRow("q", h * d, sharding: .tensor, source: source),
        SavedRow("k", hKV * d, sharding: .keyValueHeads, source: source),
        SavedRow("v", hKV * d, sharding: .keyValueHeads, source: source),
      ] + AttentionCore.saved(value: d))
  }

  private var headNormParameters: [ParameterRow] {
    guard normalizesHeads else { return [] }
    return [
      .norm("query norm", width: Notation.dHead, source: normSource),
      .norm("key norm", width: Notation.dHead, source: normSource),
    ]
  }

  private var headNormWork: [WorkRow] {
    guard normalizesHeads else { return [] }
    let norms = Notation.h + Notation.hKV
    return [
      .norm(
        "query and key norm", width: norms * Notation.dHead, norms: norms, sharding: .tensor, source: normSource)
    ]
  }

  private var headNormSaved: [SavedRow] {
    guard normalizesHeads else { return [] }
    let (query, key) = (Notation.h * Notation.dHead, Notation.hKV * Notation.dHead)
    return [
      SavedRow("q before its norm", query, sharding: .tensor, source: normSource),
      SavedRow("k before its norm", key, sharding: .keyValueHeads, source: normSource),
    ]
  }

  private var source: String { "GQA (arXiv:2305.13245)" }
  private var normSource: String { "Qwen3 (arXiv:2505.09388) §2" }

  /// A value for every symbol that is special to this form.
  func setValues(_ values: inout SymbolValues, sequence: Int) throws(OverflowError) {
    values[.heads] = heads
    values[.keyValueHeads] = keyValueHeads
    values[.headDimension] = headDimension
    values[.attendedPairs] = try AttendedPairs.windowed(sequence: sequence, window: window)
  }
}
