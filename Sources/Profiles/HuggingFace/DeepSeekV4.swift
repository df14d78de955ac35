import CostModel

/// `deepseek_v4`: attention compressed differently from layer to layer, experts in all of them, the first hash-routed.
func deepSeekV4Stack(_ reader: ObjectReader, _ frame: ConfigFrame) throws(ProfileError) -> ConfigStack {
  let modules = try reader.optionalInt("num_nextn_predict_layers", in: ModelLimits.predictionModules) ?? 0
  let compressions = try reader.compressions(frame, predictionModules: modules)
  let attention = try reader.compressedAttention(needsIndexer: compressions.contains { $0.isIndexed })
  let mixture = try reader.deepSeekV4Mixture()
  let isHashRouted = try reader.hashRouting(frame)

  let layers = compressions.enumerated().map { index, compression in
    var layer = (attention: attention.window, mixture: mixture)
    layer.attention.compressionRatio = compression.ratio
    layer.attention.indexer = compression.isIndexed ? attention.indexer : nil
    // A layer that looks its experts up has no scores to balance.
    layer.mixture.isHashRouted = index < frame.layers && isHashRouted[index]
    layer.mixture.hasRouterBias = !layer.mixture.isHashRouted
    return TransformerLayer(attention: .compressed(layer.attention), feedForward: .mixture(layer.mixture))
  }
  return ConfigStack(layers: Array(layers[..<frame.layers]), predictionModules: Array(layers[frame.layers...]))
}

/// What one layer does with the tokens before its window.
private struct Compression {
  /// m; 0 for nothing.
  var ratio: Int
  /// Whether an indexer picks entries (CSA), or all are attended (HCA).
  var isIndexed: Bool
}

extension ObjectReader {
  /// Every layer's compression, front to back, the prediction modules' after them.
  ///
  /// Published as `compress_ratios`, where 4 stands for the sparse form, any other ratio for the heavy one and 0 for
  /// the window alone. It may be longer than the layers and prediction modules: the rest belongs to draft modules.
  /// As transformers saves it: `layer_types` with `compress_rates` by type.
  fileprivate func compressions(
    _ frame: ConfigFrame, predictionModules: Int
  ) throws(ProfileError) -> [Compression] {
    var compressions: [Compression]
    if has("compress_ratios") || !has("layer_types") {
      let longest = ModelLimits.layers.upperBound + ModelLimits.predictionModules.upperBound
      compressions = try ints("compress_ratios", in: 0...ModelLimits.tokens.upperBound, count: frame.layers...longest)
        .map { Compression(ratio: $0, isIndexed: $0 == 4) }
    } else {
      let rates = try optionalObject("compress_rates")
      let sparse = try rates?.optionalInt("compressed_sparse_attention", in: ModelLimits.tokens) ?? 4
      let heavy = try rates?.optionalInt("heavily_compressed_attention", in: ModelLimits.tokens) ?? 128
      let byType = [
        "sliding_attention": Compression(ratio: 0, isIndexed: false),
        "compressed_sparse_attention": Compression(ratio: sparse, isIndexed: true),
        "heavily_compressed_attention": Compression(ratio: heavy, isIndexed: false),
      ]
      compressions = try strings("layer_types", oneOf: byType.keys.sorted(), count: frame.layers...frame.layers)
        .compactMap { byType[$0] }
    }
    // A prediction module without an entry has the window alone, as every published one has.
    let missing = max(0, frame.layers + predictionModules - compressions.count)
    compressions += Array(repeating: Compression(ratio: 0, isIndexed: false), count: missing)
    return Array(compressions[..<(frame.layers + predictionModules)])
  }

  /// The attention of a layer with the window alone, and the indexer that sparse layers have beside it.
  fileprivate func compressedAttention(
    needsIndexer: Bool
  ) throws(ProfileError) -> (window: CompressedAttention, indexer: CompressedAttention.Indexer?) {
    let heads = try int("num_attention_heads", in: ModelLimits.heads)
    _ = try optionalInt("num_key_value_heads", in: 1...1)
    let headDimension = try int("head_dim", in: ModelLimits.headDimension)
    let ropeDimension = try ropeDimension(headDimension)
    let groups = try int("o_groups", in: ModelLimits.heads)
    try check("o_groups", heads % groups == 0, expected: "a divisor of num_attention_heads (\(heads))", found: groups)
    var indexer: CompressedAttention.Indexer?
    if needsIndexer {
      indexer = CompressedAttention.Indexer(
        heads: try int("index_n_heads", in: ModelLimits.heads),
        headDimension: try int("index_head_dim", in: ModelLimits.headDimension),
        topK: try int("index_topk", in: ModelLimits.tokens))
    } else {
      ignore(["index_n_heads", "index_head_dim", "index_topk"])
    }
    let window = CompressedAttention(
      heads: heads, headDimension: headDimension, ropeDimension: ropeDimension,
      queryRank: try int("q_lora_rank", in: ModelLimits.rank), outputGroups: groups,
      outputRank: try int("o_lora_rank", in: ModelLimits.rank),
      window: try int("sliding_window", in: ModelLimits.tokens),
      compressionRatio: 0, indexer: nil)
    return (window, indexer)
  }

  /// `qk_rope_head_dim` as published, or `partial_rotary_factor` of the head as transformers saves it.
  private func ropeDimension(_ headDimension: Int) throws(ProfileError) -> Int {
    if let dimension = try optionalInt("qk_rope_head_dim", in: 0...ModelLimits.headDimension.upperBound) {
      try check(
        "qk_rope_head_dim", dimension <= headDimension, expected: "at most head_dim (\(headDimension))",
        found: dimension)
      return dimension
    }
    let factor = try optionalDouble("partial_rotary_factor", in: 0...1) ?? 0.125
    return Int(Double(headDimension) * factor)
  }

  fileprivate func deepSeekV4Mixture() throws(ProfileError) -> MixtureOfExperts {
    let experts = try int("n_routed_experts", in: ModelLimits.experts)
    let intermediate = try int("moe_intermediate_size", in: ModelLimits.intermediate)
    return MixtureOfExperts(
      routedExperts: experts, activeExperts: try activeExperts(of: experts, "n_routed_experts"),
      sharedExperts: try intOrNull("n_shared_experts", in: 0...ModelLimits.experts.upperBound) ?? 0,
      expertIntermediate: intermediate, sharedIntermediate: intermediate)
  }

  /// Which layers look their experts up: the first `num_hash_layers`, or those that `mlp_layer_types` names.
  fileprivate func hashRouting(_ frame: ConfigFrame) throws(ProfileError) -> [Bool] {
    guard has("mlp_layer_types") else {
      let count = try optionalInt("num_hash_layers", in: 0...ModelLimits.layers.upperBound) ?? 3
      return (0..<frame.layers).map { $0 < count }
    }
    return try strings("mlp_layer_types", oneOf: ["hash_moe", "moe"], count: frame.layers...frame.layers)
      .map { $0 == "hash_moe" }
  }
}
