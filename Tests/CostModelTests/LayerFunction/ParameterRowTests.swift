import CostModel
import Quantities
import Testing

/// Parameter rows against the tensors that checkpoints list.
@Suite struct ParameterRowTests {
  private func total(_ function: LayerFunction, in shape: ModelShape) throws -> Int {
    try function.ledger.parameterCount.evaluate(at: function.values(in: shape, sequence: 4096))
  }

  /// DeepSeek-V4's inference code at V4-Flash's sizes: shapes of every tensor of `Attention`, and the norm before it.
  private let attentionTensors: [[Int]] = [
    [4096],  // attn_norm
    [1024, 4096], [1024], [64 * 512, 1024],  // wq_a, q_norm, wq_b
    [512, 4096], [512], [64],  // wkv, kv_norm, attn_sink
    [8 * 1024, 64 * 512 / 8], [4096, 8 * 1024],  // wo_a, wo_b
  ]

  private func scalars(_ tensors: [[Int]]) -> Int { tensors.reduce(0) { $0 + $1.reduce(1, *) } }

  @Test func `a layer of DeepSeek-V4-Flash that attends its window alone has the published tensors`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    #expect(try total(shape.layers[0].functions[0], in: shape) == scalars(attentionTensors))
  }

  @Test func `a layer of DeepSeek-V4-Flash with an indexer has the published tensors`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    let compressor = [[4, 1024], [1024, 4096], [1024, 4096], [512]]  // ape, wkv, wgate, norm
    let indexer = [[64 * 128, 1024], [64, 4096]]  // wq_b, weights_proj
    let indexCompressor = [[4, 256], [256, 4096], [256, 4096], [128]]
    let tensors = attentionTensors + compressor + indexer + indexCompressor
    #expect(try total(shape.layers[2].functions[0], in: shape) == scalars(tensors))
  }

  @Test func `a heavily compressed layer of DeepSeek-V4-Flash has the published tensors`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    let compressor = [[128, 512], [512, 4096], [512, 4096], [512]]
    #expect(try total(shape.layers[3].functions[0], in: shape) == scalars(attentionTensors + compressor))
  }

  @Test func `DeepSeek-V4-Flash's experts, router and hash-routed layers have the published tensors`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    let experts = [[4096], [256, 4096]] + Array(repeating: [3, 2048, 4096], count: 256 + 1)
    #expect(try total(shape.layers[2].functions[1], in: shape) == scalars(experts))
    #expect(try total(shape.layers[3].functions[1], in: shape) == scalars(experts + [[256]]))
  }

  @Test func `DeepSeek-V4-Flash's head reads the streams with the published tensors`() throws {
    let head = try ModelLedger(of: PublishedModels.deepSeekV4Flash).head
    let tensors = [[129_280, 4096], [4096], [4, 4 * 4096], [4], [1]]  // head, norm, hc_head fn, base, scale
    #expect(try head.ledger.parameterCount.evaluate(at: head.values) == scalars(tensors))
  }

  @Test func `DeepSeek-V4-Flash's prediction module has the published tensors besides its connections`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    let experts = [[4096], [256, 4096], [256]] + Array(repeating: [3, 2048, 4096], count: 257)
    let own = [[4096, 4096], [4096, 4096], [4096], [4096], [4096], [4, 4 * 4096], [4], [1]]
    let counts = try ModelLedger(of: shape).parameterCounts()
    #expect(counts.prediction.count == scalars(attentionTensors + experts + own))
  }

  /// The shapes in deepseek-ai/DeepSeek-V3's `model.layers.3.self_attn`, and its input norm.
  @Test func `a layer of DeepSeek-V3 has the published tensors`() throws {
    let shape = PublishedModels.deepSeekV3
    let tensors = [
      [7168], [1536, 7168], [1536], [24_576, 1536], [576, 7168], [512], [32_768, 512], [7168, 16_384],
    ]
    #expect(try total(shape.layers[3].functions[0], in: shape) == scalars(tensors))
  }

  @Test func `biases, head norms and a gated shared expert are counted`() throws {
    let qwen2 = PublishedModels.qwen2_7B
    let attention = [[3584], [3584, 3584], [3584], [512, 3584], [512], [512, 3584], [512], [3584, 3584]]
    #expect(try total(qwen2.layers[0].functions[0], in: qwen2) == scalars(attention))
    let gpt = PublishedModels.uniform(
      "GPT", channels: 768, vocabulary: 50_257, layers: 1,
      attention: GroupedAttention(
        heads: 12, keyValueHeads: 12, headDimension: 64, hasInputBias: true, hasOutputBias: true),
      feedForward: .dense(DenseFeedForward(intermediate: 3072, isGated: false, hasBias: true)), tiesEmbeddings: true)
    #expect(
      try total(gpt.layers[0].functions[0], in: gpt) == scalars([[768], [2304, 768], [2304], [768, 768], [768]]))
    #expect(
      try total(gpt.layers[0].functions[1], in: gpt) == scalars([[768], [3072, 768], [3072], [768, 3072], [768]]))
  }

  @Test func `a tied model has its vocabulary once, and a token uses all of it`() throws {
    let layer = PublishedModels.llama8B.layers[0]
    var shape = PublishedModels.llama8B
    shape.layers = [layer]
    let apart = try ModelLedger(of: shape).parameterCounts()
    shape.tiesEmbeddings = true
    let tied = try ModelLedger(of: shape).parameterCounts()
    #expect(apart.total.count - tied.total.count == 128_256 * 4096)
    #expect(tied.active == tied.total)
    #expect(tied.activeWithEmbedding == tied.total)
    #expect(apart.active.count == tied.active.count + 4096)
  }

  @Test func `only products with a matrix go to an optimizer for matrices, embedding and head never`() throws {
    for shape in PublishedModels.all {
      let ledger = try ModelLedger(of: shape)
      for part in ledger.parts + ledger.predictionParts {
        let products = part.ledger.forward.filter { $0.kind == .matrix }.map(\.name)
        for row in part.ledger.parameters where row.isMatrix {
          #expect(
            products.contains(row.name) || ["stream head"].contains(row.name) || row.name.hasSuffix("place bias"),
            "\(row.name)")
        }
        for name in ["embedding", "output head"] {
          #expect(!part.ledger.parameters.contains { $0.name == name && $0.isMatrix })
        }
      }
    }
  }
}
