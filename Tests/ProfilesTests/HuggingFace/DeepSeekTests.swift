import CostModel
import Profiles
import TestSupport
import Testing

@Suite struct `Hugging Face configurations of DeepSeek` {
  private let dense = FeedForward.dense(DenseFeedForward(intermediate: 160))

  @Test func `deepseek_v2 has experts from the first sparse layer on, in every moe_layer_freq-th`() throws {
    let shape = try readModel(SmallConfigs.deepSeekV2).shape
    let experts = FeedForward.mixture(
      MixtureOfExperts(
        routedExperts: 8, activeExperts: 3, sharedExperts: 2, expertIntermediate: 20, sharedIntermediate: 20))
    // Of layers 0 to 3, those from 1 on that are multiples of 2.
    #expect(shape.layers.map(\.feedForward) == [dense, dense, experts, dense])
    #expect(
      shape.layers.first?.attention
        == .latent(
          LatentAttention(
            heads: 4, queryRank: nil, keyValueRank: 16, noPositionDimension: 12, ropeDimension: 4, valueDimension: 10)))
    #expect(shape.predictionModules.isEmpty)
  }

  @Test func `deepseek_v3 has a router bias, and a prediction module like its last layer`() throws {
    let model = try readModel(SmallConfigs.deepSeekV3)
    let experts = FeedForward.mixture(
      MixtureOfExperts(
        routedExperts: 8, activeExperts: 3, sharedExperts: 1, expertIntermediate: 20, sharedIntermediate: 20,
        hasRouterBias: true, groups: ExpertGroups(count: 4, active: 2)))
    #expect(model.shape.layers.map(\.feedForward) == [dense, experts, experts])
    #expect(model.shape.predictionModules == [model.shape.layers[2]])
    #expect(model.shape.streams == 1)
    #expect(model.warnings.isEmpty)
    #expect(model.notes.contains { $0.contains("number formats of the published weights") })
  }

  @Test(arguments: [
    ("\"n_group\": 4", "\"n_group\": 3", "n_group: expected a divisor of the 8 routed experts, found 3"),
    ("\"topk_group\": 2", "\"topk_group\": 5", "topk_group: expected a whole number from 1 to 4, found 5"),
    ("\"topk_group\": 2", "\"topk_group\": 1", "topk_group: expected groups of 2 that hold 3 active experts, found 1"),
  ])
  func `Groups of experts that cannot be are refused`(found: String, replacement: String, problem: String) {
    let json = SmallConfigs.deepSeekV3.with(found, replacement)
    #expect { try readModel(json) } throws: { "\($0)".hasSuffix(problem) }
  }

  @Test func `Without routed experts every layer is dense`() throws {
    let json = SmallConfigs.deepSeekV3.with("\"n_routed_experts\": 8", "\"n_routed_experts\": null")
    #expect(try readModel(json).shape.layers.map(\.feedForward) == [dense, dense, dense])
  }

  private func compressed(ratio: Int, indexer: Bool) -> Attention {
    .compressed(
      CompressedAttention(
        heads: 8, headDimension: 16, ropeDimension: 4, queryRank: 24, outputGroups: 2, outputRank: 12, window: 32,
        compressionRatio: ratio, indexer: indexer ? .init(heads: 2, headDimension: 8, topK: 16) : nil))
  }

  private func mixture(hashed: Bool) -> FeedForward {
    .mixture(
      MixtureOfExperts(
        routedExperts: 8, activeExperts: 3, sharedExperts: 1, expertIntermediate: 20, sharedIntermediate: 20,
        hasRouterBias: !hashed, isHashRouted: hashed))
  }

  @Test func `deepseek_v4 takes its layers from compress_ratios, and leaves the entries beyond its modules`() throws {
    let model = try readModel(SmallConfigs.deepSeekV4)
    let layers = [
      TransformerLayer(attention: compressed(ratio: 0, indexer: false), feedForward: mixture(hashed: true)),
      TransformerLayer(attention: compressed(ratio: 4, indexer: true), feedForward: mixture(hashed: true)),
      TransformerLayer(attention: compressed(ratio: 128, indexer: false), feedForward: mixture(hashed: false)),
      TransformerLayer(attention: compressed(ratio: 4, indexer: true), feedForward: mixture(hashed: false)),
      TransformerLayer(attention: compressed(ratio: 128, indexer: false), feedForward: mixture(hashed: false)),
    ]
    #expect(model.shape.layers == layers)
    #expect(
      model.shape.predictionModules == [
        TransformerLayer(attention: compressed(ratio: 0, indexer: false), feedForward: mixture(hashed: false))
      ])
    #expect(model.shape.streams == 4)
    #expect(model.shape.hasStreamHead)
    #expect(model.warnings.isEmpty)
  }

  @Test func `deepseek_v4 as transformers saves it is the same model`() throws {
    let types = """
      "layer_types": ["sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention",
                      "compressed_sparse_attention", "heavily_compressed_attention"],
      "compress_rates": {"compressed_sparse_attention": 4, "heavily_compressed_attention": 128}
      """
    let saved = SmallConfigs.deepSeekV4
      .with("\"compress_ratios\": [0, 4, 128, 4, 128, 0, 0, 0]", types)
      .with("\"num_hash_layers\": 2", "\"mlp_layer_types\": [\"hash_moe\", \"hash_moe\", \"moe\", \"moe\", \"moe\"]")
      .with("\"qk_rope_head_dim\": 4", "\"partial_rotary_factor\": 0.25")
    #expect(try readModel(saved).shape == readModel(SmallConfigs.deepSeekV4).shape)
    #expect(try readModel(saved).warnings.isEmpty)
  }

  @Test func `deepseek_v4 has four streams where the key is absent, and no read-out of one`() throws {
    let absent = SmallConfigs.deepSeekV4.with("\"hc_mult\": 4, ", "")
    #expect(try readModel(absent).shape.streams == 4)
    let one = SmallConfigs.deepSeekV4.with("\"hc_mult\": 4", "\"hc_mult\": 1")
    #expect(try readModel(one).shape.streams == 1)
    #expect(try !readModel(one).shape.hasStreamHead)
  }
}
