import CostModel

/// What a family takes for a key of its attention that is not there.
struct GroupedAttentionDefaults {
  /// For `num_key_value_heads`; nil for as many as there are heads, which a `null` always means.
  var keyValueHeads: Int?
  /// For `head_dim`; nil for the hidden size shared out to the heads.
  var headDimension: Int?
  /// Whether `attention_bias` is a key of the family, which then stands for the bias of all four projections.
  var readsBias = false
  /// Bias on the query, key and value projections, whatever the keys say (Qwen2).
  var alwaysHasInputBias = false
  /// A normalisation of every query and key head (Qwen3).
  var normalizesHeads = false
}

extension ObjectReader {
  /// The attention without a window that the keys shared by Llama and its relatives describe.
  func groupedAttention(
    _ frame: ConfigFrame, _ defaults: GroupedAttentionDefaults
  ) throws(ProfileError) -> GroupedAttention {
    let heads = try int("num_attention_heads", in: ModelLimits.heads)
    let isNull = members["num_key_value_heads"] == .null
    let keyValueHeads =
      try optionalInt("num_key_value_heads", in: ModelLimits.heads)
      ?? (isNull ? heads : defaults.keyValueHeads ?? heads)
    try check(
      "num_key_value_heads", heads % keyValueHeads == 0, expected: "a divisor of num_attention_heads (\(heads))",
      found: keyValueHeads)
    var headDimension = try optionalInt("head_dim", in: ModelLimits.headDimension) ?? defaults.headDimension
    if headDimension == nil {
      try check(
        "num_attention_heads", frame.channels % heads == 0,
        expected: "a divisor of hidden_size (\(frame.channels)), as there is no head_dim", found: heads)
      headDimension = frame.channels / heads
    }
    let hasBias = defaults.readsBias ? try optionalBool("attention_bias") ?? false : false
    return GroupedAttention(
      heads: heads, keyValueHeads: keyValueHeads, headDimension: headDimension ?? 0,
      hasInputBias: hasBias || defaults.alwaysHasInputBias, hasOutputBias: hasBias,
      normalizesHeads: defaults.normalizesHeads)
  }
}

extension GroupedAttention {
  /// The same with a sliding window; nil for none.
  func windowed(_ window: Int?) -> GroupedAttention {
    var attention = self
    attention.window = window
    return attention
  }
}
