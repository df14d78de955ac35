import CostModel
import Profiles
import TestSupport
import Testing

@Suite struct `Hugging Face configurations of dense and expert Transformers` {
  private func attention(_ layer: TransformerLayer) -> GroupedAttention? {
    if case .grouped(let attention) = layer.attention { attention } else { nil }
  }

  @Test func `llama`() throws {
    let model = try readModel(SmallConfigs.llama)
    #expect(
      model.shape
        == ModelShape(
          name: "config.json", family: "llama", channels: 64, vocabulary: 1000, tiesEmbeddings: true,
          defaultSequence: 4096,
          layers: Array(
            repeating: TransformerLayer(
              attention: .grouped(GroupedAttention(heads: 8, keyValueHeads: 2, headDimension: 8)),
              feedForward: .dense(DenseFeedForward(intermediate: 160))),
            count: 3)))
    #expect(model.warnings.isEmpty)
    #expect(model.published == nil)
  }

  @Test func `llama without key-value heads has as many as heads, and its biases are on all projections`() throws {
    let json = SmallConfigs.llama.with("\"num_key_value_heads\": 2, ", "")
      .with("\"attention_bias\": false, \"mlp_bias\": false", "\"attention_bias\": true, \"mlp_bias\": true")
    let layer = try #require(try readModel(json).shape.layers.first)
    #expect(attention(layer)?.keyValueHeads == 8)
    #expect(attention(layer)?.hasInputBias == true && attention(layer)?.hasOutputBias == true)
    #expect(layer.feedForward == .dense(DenseFeedForward(intermediate: 160, hasBias: true)))
  }

  @Test func `mistral has a window of 4096 where the key is absent and none where it is null`() throws {
    let absent = SmallConfigs.mistral.with("\"sliding_window\": null,", "")
    #expect(try readModel(SmallConfigs.mistral).shape.layers.map { attention($0)?.window } == [nil, nil])
    #expect(try readModel(absent).shape.layers.map { attention($0)?.window } == [4096, 4096])
    #expect(try readModel(SmallConfigs.mistral).shape.layers.map { attention($0)?.headDimension } == [8, 8])
    #expect(try readModel(SmallConfigs.mistral).shape.defaultSequence == 2048)
  }

  @Test func `mixtral has experts as wide as intermediate_size and none shared`() throws {
    let layer = try #require(try readModel(SmallConfigs.mixtral).shape.layers.last)
    #expect(
      layer.feedForward
        == .mixture(
          MixtureOfExperts(
            routedExperts: 6, activeExperts: 2, sharedExperts: 0, expertIntermediate: 96, sharedIntermediate: 0)))
    #expect(attention(layer)?.window == 512)
  }

  @Test func `qwen2 has input biases, and its window from max_window_layers on`() throws {
    let layers = try readModel(SmallConfigs.qwen2).shape.layers
    #expect(layers.map { attention($0)?.window } == [nil, nil, nil, 256])
    #expect(layers.allSatisfy { attention($0)?.hasInputBias == true && attention($0)?.hasOutputBias == false })
    let off = SmallConfigs.qwen2.with("\"use_sliding_window\": true", "\"use_sliding_window\": false")
    #expect(try readModel(off).shape.layers.allSatisfy { attention($0)?.window == nil })
    let types = SmallConfigs.qwen2.with(
      "\"max_window_layers\": 3",
      "\"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\", \"full_attention\"]")
    #expect(try readModel(types).shape.layers.map { attention($0)?.window } == [256, nil, nil, nil])
  }

  @Test func `qwen3 normalises its heads, which have 128 channels where the key is absent`() throws {
    #expect(
      try readModel(SmallConfigs.qwen3).shape.layers.map(attention)
        == Array(
          repeating: GroupedAttention(heads: 4, keyValueHeads: 2, headDimension: 32, normalizesHeads: true), count: 2))
    let absent = SmallConfigs.qwen3.with("\"head_dim\": 32, ", "")
    #expect(try readModel(absent).shape.layers.map { attention($0)?.headDimension } == [128, 128])
  }

  @Test func `qwen3_moe has experts in every second layer but those that are listed as dense`() throws {
    let dense = FeedForward.dense(DenseFeedForward(intermediate: 160))
    let experts = FeedForward.mixture(
      MixtureOfExperts(
        routedExperts: 12, activeExperts: 3, sharedExperts: 0, expertIntermediate: 24, sharedIntermediate: 0))
    // Layers 2, 4 and 6, counted from one, of which the fourth is listed (3, counted from zero).
    #expect(
      try readModel(SmallConfigs.qwen3MoE).shape.layers.map(\.feedForward)
        == [dense, experts, dense, dense, dense, experts])
    let saved = SmallConfigs.qwen3MoE.with("\"num_experts\"", "\"num_local_experts\"")
    #expect(try readModel(saved).shape.layers == readModel(SmallConfigs.qwen3MoE).shape.layers)
  }

  @Test func `hc_mult is honoured in a family that does not have it by default`() throws {
    let json = SmallConfigs.llama.with("{", "{\"hc_mult\": 4, \"hc_sinkhorn_iters\": 12, \"hc_eps\": 1e-6, ")
    let model = try readModel(json)
    #expect(model.shape.streams == 4)
    #expect(model.shape.sinkhornIterations == 12)
    #expect(!model.shape.hasStreamHead)
    #expect(model.warnings.isEmpty)
  }
}
