import CostModel

/// `deepseek_v2` and `deepseek_v3`: latent attention; dense layers first, then experts.
func deepSeekStack(_ reader: ObjectReader, _ frame: ConfigFrame, isV3: Bool) throws(ProfileError) -> ConfigStack {
  let attention = LatentAttention(
    heads: try reader.int("num_attention_heads", in: ModelLimits.heads),
    queryRank: try reader.intOrNull("q_lora_rank", in: ModelLimits.rank),
    keyValueRank: try reader.int("kv_lora_rank", in: ModelLimits.rank),
    noPositionDimension: try reader.int("qk_nope_head_dim", in: ModelLimits.headDimension),
    ropeDimension: try reader.int("qk_rope_head_dim", in: ModelLimits.headDimension),
    valueDimension: try reader.int("v_head_dim", in: ModelLimits.headDimension))

  let experts = try reader.intOrNull("n_routed_experts", in: ModelLimits.experts)
  let firstSparse =
    try reader.optionalInt("first_k_dense_replace", in: 0...ModelLimits.layers.upperBound) ?? (isV3 ? 3 : 0)
  let frequency = try reader.optionalInt("moe_layer_freq", in: ModelLimits.layers) ?? 1
  func isSparse(_ layer: Int) -> Bool { experts != nil && layer >= firstSparse && layer % frequency == 0 }

  let modules = try reader.optionalInt("num_nextn_predict_layers", in: ModelLimits.predictionModules) ?? 0
  let all = (0..<frame.layers + modules).map(isSparse)
  var mixture: FeedForward?
  if let experts, all.contains(true) { mixture = .mixture(try reader.deepSeekMixture(experts, isV3: isV3)) }
  let dense = try reader.denseFeedForward(isNeeded: all.contains(false))
  let layers = all.compactMap { isSparse in
    (isSparse ? mixture : dense).map { TransformerLayer(attention: .latent(attention), feedForward: $0) }
  }
  // A prediction module is one more Transformer layer, numbered on from the last.
  return ConfigStack(layers: Array(layers[..<frame.layers]), predictionModules: Array(layers[frame.layers...]))
}

extension ObjectReader {
  fileprivate func deepSeekMixture(_ experts: Int, isV3: Bool) throws(ProfileError) -> MixtureOfExperts {
    let intermediate = try int("moe_intermediate_size", in: ModelLimits.intermediate)
    let method = try optionalString("topk_method") ?? (isV3 ? "noaux_tc" : "greedy")
    let active = try activeExperts(of: experts, "n_routed_experts")
    // The greedy method looks at no groups, whatever their keys say.
    if method == "greedy" { ignore(["n_group", "topk_group"]) }
    let groups =
      method == "greedy" || !has("n_group")
      ? nil : try expertGroups(of: experts, active, named: ("n_group", "topk_group"))
    return MixtureOfExperts(
      routedExperts: experts, activeExperts: active,
      sharedExperts: try intOrNull("n_shared_experts", in: 0...ModelLimits.experts.upperBound) ?? 0,
      expertIntermediate: intermediate, sharedIntermediate: intermediate,
      // Balancing without an auxiliary loss has a bias for every expert.
      hasRouterBias: method == "noaux_tc", groups: groups)
  }
}
