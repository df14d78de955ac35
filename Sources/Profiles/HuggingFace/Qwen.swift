import CostModel

/// `qwen2`: Llama with a bias on queries, keys and values, and a window in the upper layers if it is switched on.
func qwen2Stack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  try denseQwenStack(reader, frame, GroupedAttentionDefaults(keyValueHeads: 32, alwaysHasInputBias: true))
}

/// `qwen3`: no such bias, and every query and key head normalised.
func qwen3Stack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  let defaults = GroupedAttentionDefaults(
    keyValueHeads: 32, headDimension: 128, readsBias: true, normalizesHeads: true)
  return try denseQwenStack(reader, frame, defaults)
}

private func denseQwenStack(
  _ reader: ObjectReader, _ frame: ConfigFrame, _ defaults: GroupedAttentionDefaults
) throws(ProfileError) -> ConfigStack {
  let attention = try reader.groupedAttention(frame, defaults)
  let windows = try reader.windows(frame, firstWindowedLayer: 28)
  let feedForward = DenseFeedForward(intermediate: try reader.int("intermediate_size", in: ModelLimits.intermediate))
  return ConfigStack(
    layers: windows.map {
      TransformerLayer(attention: .grouped(attention.windowed($0)), feedForward: .dense(feedForward))
    })
}

/// `qwen3_moe`: `qwen3` with experts in every `decoder_sparse_step`-th layer but `mlp_only_layers`.
func qwen3MoEStack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  let defaults = GroupedAttentionDefaults(keyValueHeads: 4, readsBias: true, normalizesHeads: true)
  let attention = try reader.groupedAttention(frame, defaults)
  // Where the switch is on, transformers 5 slides every layer and no longer has the key for the first of them.
  let windows = try reader.windows(frame, firstWindowedLayer: 0)

  let step = try reader.optionalInt("decoder_sparse_step", in: ModelLimits.layers) ?? 1
  var denseLayers: Set<Int> = []
  if reader.has("mlp_only_layers") {
    denseLayers.formUnion(try reader.ints("mlp_only_layers", in: 0...frame.layers - 1, count: 0...frame.layers))
  }
  // transformers 5 writes the count of experts under Mixtral's name.
  let key = reader.has("num_experts") || !reader.has("num_local_experts") ? "num_experts" : "num_local_experts"
  let experts = try reader.int(key, in: 0...ModelLimits.experts.upperBound)
  let hasExperts = (0..<frame.layers).map { experts > 0 && !denseLayers.contains($0) && ($0 + 1) % step == 0 }

  var mixture: FeedForward?
  if hasExperts.contains(true) {
    mixture = .mixture(
      MixtureOfExperts(
        routedExperts: experts, activeExperts: try reader.activeExperts(of: experts, key), sharedExperts: 0,
        expertIntermediate: try reader.int("moe_intermediate_size", in: ModelLimits.intermediate),
        sharedIntermediate: 0))
  }
  let dense = try reader.denseFeedForward(isNeeded: hasExperts.contains(false))
  var layers: [TransformerLayer] = []
  for (window, isSparse) in zip(windows, hasExperts) {
    guard let feedForward = isSparse ? mixture : dense else { continue }
    layers.append(TransformerLayer(attention: .grouped(attention.windowed(window)), feedForward: feedForward))
  }
  return ConfigStack(layers: layers)
}

extension ObjectReader {
  /// A network of `intermediate_size` for a model's dense layers; the key may be absent if there is none.
  func denseFeedForward(isNeeded: Bool) throws(ProfileError) -> FeedForward? {
    if isNeeded {
      return .dense(DenseFeedForward(intermediate: try int("intermediate_size", in: ModelLimits.intermediate)))
    }
    ignore(["intermediate_size"])
    return nil
  }

  /// Every layer's window: `sliding_window` where `layer_types` or else `max_window_layers` have it, nil elsewhere.
  fileprivate func windows(_ frame: ConfigFrame, firstWindowedLayer: Int) throws(ProfileError) -> [Int?] {
    let isOn = try optionalBool("use_sliding_window") ?? false
    let isNull = members["sliding_window"] == .null
    let size = try optionalInt("sliding_window", in: ModelLimits.tokens) ?? (isNull ? nil : 4096)
    let first =
      try optionalInt("max_window_layers", in: 0...ModelLimits.layers.upperBound) ?? firstWindowedLayer
    let window = isOn ? size : nil
    guard has("layer_types") else { return (0..<frame.layers).map { $0 >= first ? window : nil } }
    let kinds = ["full_attention", "sliding_attention"]
    return try strings("layer_types", oneOf: kinds, count: frame.layers...frame.layers)
      .map { $0 == "sliding_attention" ? window : nil }
  }
}
