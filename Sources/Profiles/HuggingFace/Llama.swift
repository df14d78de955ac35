import CostModel

/// `llama`: the same dense layer throughout.
func llamaStack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  let attention = try reader.groupedAttention(frame, GroupedAttentionDefaults(readsBias: true))
  let feedForward = DenseFeedForward(
    intermediate: try reader.int("intermediate_size", in: ModelLimits.intermediate),
    hasBias: try reader.optionalBool("mlp_bias") ?? false)
  return uniform(frame, .grouped(attention), .dense(feedForward))
}

/// `mistral`: Llama with a sliding window of 4096 tokens where the key is absent, none where it is `null`.
func mistralStack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  let attention = try reader.groupedAttention(frame, GroupedAttentionDefaults(keyValueHeads: 8))
  let isNull = reader.members["sliding_window"] == .null
  let window = try reader.optionalInt("sliding_window", in: ModelLimits.tokens) ?? (isNull ? nil : 4096)
  let feedForward = DenseFeedForward(intermediate: try reader.int("intermediate_size", in: ModelLimits.intermediate))
  return uniform(frame, .grouped(attention.windowed(window)), .dense(feedForward))
}

/// `mixtral`: Mistral with experts in every layer, and no window unless the key is there.
func mixtralStack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  let attention = try reader.groupedAttention(frame, GroupedAttentionDefaults(keyValueHeads: 8))
  let window = try reader.optionalInt("sliding_window", in: ModelLimits.tokens)
  let experts = try reader.int("num_local_experts", in: ModelLimits.experts)
  let mixture = MixtureOfExperts(
    routedExperts: experts, activeExperts: try reader.activeExperts(of: experts, "num_local_experts"),
    sharedExperts: 0, expertIntermediate: try reader.int("intermediate_size", in: ModelLimits.intermediate),
    sharedIntermediate: 0)
  return uniform(frame, .grouped(attention.windowed(window)), .mixture(mixture))
}

private func uniform(_ frame: ConfigFrame, _ attention: Attention, _ feedForward: FeedForward) -> ConfigStack {
  let layer = TransformerLayer(attention: attention, feedForward: feedForward)
  return ConfigStack(layers: Array(repeating: layer, count: frame.layers))
}

extension ObjectReader {
  /// `num_experts_per_tok`, not above the number of experts that `key` gave.
  func activeExperts(of experts: Int, _ key: String) throws(ProfileError) -> Int {
    let active = try int("num_experts_per_tok", in: ModelLimits.experts)
    try check("num_experts_per_tok", active <= experts, expected: "at most \(key) (\(experts))", found: active)
    return active
  }
}
