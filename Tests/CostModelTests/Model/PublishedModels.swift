import CostModel

/// Published architectures, their sizes typed from the named sources.
enum PublishedModels {
  /// mHC (arXiv:2512.24880) Table 5.
  ///
  /// Not in the table, and taken here: queries without a low rank, and a first dense
  /// layer as wide as the eight experts that a token passes in the others (see `PublishedCountTests`).
  static func paper(
    _ name: String, channels: Int, heads: Int, ffn: Int, layers: Int, experts: Int
  ) -> ModelShape {
    let attention = Attention.latent(
      LatentAttention(
        heads: heads, queryRank: nil, keyValueRank: 512, noPositionDimension: 128, ropeDimension: 64,
        valueDimension: 128))
    let dense = TransformerLayer(attention: attention, feedForward: .dense(DenseFeedForward(intermediate: 8 * ffn)))
    let sparse = TransformerLayer(
      attention: attention,
      feedForward: .mixture(
        MixtureOfExperts(
          routedExperts: experts, activeExperts: 6, sharedExperts: 2, expertIntermediate: ffn, sharedIntermediate: ffn,
          hasRouterBias: true)))
    return ModelShape(
      name: name, family: "deepseek_v3", channels: channels, vocabulary: 129_280, tiesEmbeddings: false, streams: 4,
      defaultSequence: 4096, layers: [dense] + Array(repeating: sparse, count: layers - 1))
  }

  static let paper3B = paper("3B", channels: 1280, heads: 16, ffn: 896, layers: 12, experts: 64)
  static let paper9B = paper("9B", channels: 1920, heads: 24, ffn: 1280, layers: 18, experts: 64)
  static let paper27B = paper("27B", channels: 2560, heads: 32, ffn: 1536, layers: 30, experts: 72)

  /// The config.json of deepseek-ai/DeepSeek-V3.
  static let deepSeekV3: ModelShape = {
    let attention = Attention.latent(
      LatentAttention(
        heads: 128, queryRank: 1536, keyValueRank: 512, noPositionDimension: 128, ropeDimension: 64,
        valueDimension: 128))
    let dense = TransformerLayer(attention: attention, feedForward: .dense(DenseFeedForward(intermediate: 18_432)))
    let sparse = TransformerLayer(
      attention: attention,
      feedForward: .mixture(
        MixtureOfExperts(
          routedExperts: 256, activeExperts: 8, sharedExperts: 1, expertIntermediate: 2048, sharedIntermediate: 2048,
          hasRouterBias: true, groups: ExpertGroups(count: 8, active: 4))))
    return ModelShape(
      name: "DeepSeek-V3", family: "deepseek_v3", channels: 7168, vocabulary: 129_280, tiesEmbeddings: false,
      defaultSequence: 4096, layers: Array(repeating: dense, count: 3) + Array(repeating: sparse, count: 58),
      predictionModules: [sparse])
  }()

  /// The config.json of deepseek-ai/DeepSeek-V2-Lite.
  static let deepSeekV2Lite: ModelShape = {
    let attention = Attention.latent(
      LatentAttention(
        heads: 16, queryRank: nil, keyValueRank: 512, noPositionDimension: 128, ropeDimension: 64, valueDimension: 128))
    let dense = TransformerLayer(attention: attention, feedForward: .dense(DenseFeedForward(intermediate: 10_944)))
    let sparse = TransformerLayer(
      attention: attention,
      feedForward: .mixture(
        MixtureOfExperts(
          routedExperts: 64, activeExperts: 6, sharedExperts: 2, expertIntermediate: 1408, sharedIntermediate: 1408)))
    return ModelShape(
      name: "DeepSeek-V2-Lite", family: "deepseek_v2", channels: 2048, vocabulary: 102_400, tiesEmbeddings: false,
      defaultSequence: 4096, layers: [dense] + Array(repeating: sparse, count: 26))
  }()

  /// DeepSeek-V4 (arXiv:2606.19348) §4.2.1 and the config.json of each model; the same class for both.
  static func deepSeekV4(
    _ name: String, channels: Int, heads: Int, queryRank: Int, groups: Int, picks: Int, experts: Int, ffn: Int,
    ratios: [Int]
  ) -> ModelShape {
    func layer(_ ratio: Int, isHashRouted: Bool) -> TransformerLayer {
      TransformerLayer(
        attention: .compressed(
          CompressedAttention(
            heads: heads, headDimension: 512, ropeDimension: 64, queryRank: queryRank, outputGroups: groups,
            outputRank: 1024, window: 128, compressionRatio: ratio,
            indexer: ratio == 4 ? .init(heads: 64, headDimension: 128, topK: picks) : nil)),
        feedForward: .mixture(
          MixtureOfExperts(
            routedExperts: experts, activeExperts: 6, sharedExperts: 1, expertIntermediate: ffn,
            sharedIntermediate: ffn, hasRouterBias: !isHashRouted, isHashRouted: isHashRouted)))
    }
    return ModelShape(
      name: name, family: "deepseek_v4", channels: channels, vocabulary: 129_280, tiesEmbeddings: false, streams: 4,
      defaultSequence: 4096, layers: ratios.enumerated().map { layer($1, isHashRouted: $0 < 3) },
      predictionModules: [layer(0, isHashRouted: false)], hasStreamHead: true)
  }

  static let deepSeekV4Flash = deepSeekV4(
    "DeepSeek-V4-Flash", channels: 4096, heads: 64, queryRank: 1024, groups: 8, picks: 512, experts: 256, ffn: 2048,
    ratios: [0, 0, 4] + Array(repeating: [128, 4], count: 20).joined())
  static let deepSeekV4Pro = deepSeekV4(
    "DeepSeek-V4-Pro", channels: 7168, heads: 128, queryRank: 1536, groups: 16, picks: 1024, experts: 384, ffn: 3072,
    ratios: [128, 128, 4] + Array(repeating: [128, 4], count: 29).joined())

  /// A model of alike layers with grouped-query attention, gated feed-forward and no biases but those named.
  static func uniform(
    _ name: String, channels: Int, vocabulary: Int, layers: Int, attention: GroupedAttention, feedForward: FeedForward,
    tiesEmbeddings: Bool = false
  ) -> ModelShape {
    ModelShape(
      name: name, family: "llama", channels: channels, vocabulary: vocabulary, tiesEmbeddings: tiesEmbeddings,
      defaultSequence: 8192,
      layers: Array(
        repeating: TransformerLayer(attention: .grouped(attention), feedForward: feedForward), count: layers))
  }

  /// The config.json of meta-llama/Meta-Llama-3-8B.
  static let llama8B = uniform(
    "Llama 3 8B", channels: 4096, vocabulary: 128_256, layers: 32,
    attention: GroupedAttention(heads: 32, keyValueHeads: 8, headDimension: 128),
    feedForward: .dense(DenseFeedForward(intermediate: 14_336)))
  /// The config.json of meta-llama/Meta-Llama-3-70B.
  static let llama70B = uniform(
    "Llama 3 70B", channels: 8192, vocabulary: 128_256, layers: 80,
    attention: GroupedAttention(heads: 64, keyValueHeads: 8, headDimension: 128),
    feedForward: .dense(DenseFeedForward(intermediate: 28_672)))
  /// The config.json of meta-llama/Llama-2-7b: attention without groups.
  static let llama2_7B = uniform(
    "Llama 2 7B", channels: 4096, vocabulary: 32_000, layers: 32,
    attention: GroupedAttention(heads: 32, keyValueHeads: 32, headDimension: 128),
    feedForward: .dense(DenseFeedForward(intermediate: 11_008)))
  /// The config.json of mistralai/Mistral-7B-v0.1: a sliding window.
  static let mistral7B = uniform(
    "Mistral 7B", channels: 4096, vocabulary: 32_000, layers: 32,
    attention: GroupedAttention(heads: 32, keyValueHeads: 8, headDimension: 128, window: 4096),
    feedForward: .dense(DenseFeedForward(intermediate: 14_336)))
  /// The config.json of mistralai/Mixtral-8x7B-v0.1.
  static let mixtral8x7B = uniform(
    "Mixtral 8x7B", channels: 4096, vocabulary: 32_000, layers: 32,
    attention: GroupedAttention(heads: 32, keyValueHeads: 8, headDimension: 128),
    feedForward: .mixture(
      MixtureOfExperts(
        routedExperts: 8, activeExperts: 2, sharedExperts: 0, expertIntermediate: 14_336, sharedIntermediate: 0)))
  /// The config.json of mistralai/Mixtral-8x22B-v0.1.
  static let mixtral8x22B = uniform(
    "Mixtral 8x22B", channels: 6144, vocabulary: 32_768, layers: 56,
    attention: GroupedAttention(heads: 48, keyValueHeads: 8, headDimension: 128),
    feedForward: .mixture(
      MixtureOfExperts(
        routedExperts: 8, activeExperts: 2, sharedExperts: 0, expertIntermediate: 16_384, sharedIntermediate: 0)))
  /// The config.json of Qwen/Qwen3-8B: norms on the heads.
  static let qwen3_8B = uniform(
    "Qwen3 8B", channels: 4096, vocabulary: 151_936, layers: 36,
    attention: GroupedAttention(heads: 32, keyValueHeads: 8, headDimension: 128, normalizesHeads: true),
    feedForward: .dense(DenseFeedForward(intermediate: 12_288)))
  /// The config.json of Qwen/Qwen3-30B-A3B.
  static let qwen3_30B = uniform(
    "Qwen3 30B A3B", channels: 2048, vocabulary: 151_936, layers: 48,
    attention: GroupedAttention(heads: 32, keyValueHeads: 4, headDimension: 128, normalizesHeads: true),
    feedForward: .mixture(
      MixtureOfExperts(
        routedExperts: 128, activeExperts: 8, sharedExperts: 0, expertIntermediate: 768, sharedIntermediate: 0)))
  /// The config.json of Qwen/Qwen2.5-7B: biases on queries, keys and values.
  static let qwen2_7B = uniform(
    "Qwen2.5 7B", channels: 3584, vocabulary: 152_064, layers: 28,
    attention: GroupedAttention(heads: 28, keyValueHeads: 4, headDimension: 128, hasInputBias: true),
    feedForward: .dense(DenseFeedForward(intermediate: 18_944)))
  /// The config.json of Qwen/Qwen1.5-MoE-A2.7B: shared experts behind a gate.
  static let qwenMoE = uniform(
    "Qwen1.5 MoE A2.7B", channels: 2048, vocabulary: 151_936, layers: 24,
    attention: GroupedAttention(heads: 16, keyValueHeads: 16, headDimension: 128, hasInputBias: true),
    feedForward: .mixture(
      MixtureOfExperts(
        routedExperts: 60, activeExperts: 4, sharedExperts: 1, expertIntermediate: 1408, sharedIntermediate: 5632,
        gatesSharedExpert: true)))

  /// All of them.
  static let all = [
    paper3B, paper9B, paper27B, deepSeekV3, deepSeekV2Lite, deepSeekV4Flash, deepSeekV4Pro, llama8B, llama70B,
    llama2_7B, mistral7B, mixtral8x7B, mixtral8x22B, qwen3_8B, qwen3_30B, qwen2_7B, qwenMoE,
  ]
}
