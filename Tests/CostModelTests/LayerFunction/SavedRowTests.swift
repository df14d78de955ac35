import CostModel
import Testing

/// What a layer function keeps, against published counts and by hand.
@Suite struct SavedRowTests {
  private func elements(
    _ function: LayerFunction, in shape: ModelShape, at level: RecomputeLevel = .none, _ tensorClass: TensorClass
  ) throws -> Int {
    let values = try function.values(in: shape, sequence: 4096)
    return try function.ledger.saved(at: level).filter { $0.tensorClass == tensorClass }
      .reduce(0) { try $0 + $1.elementsPerToken.evaluate(at: values) }
  }

  /// A layer keeps 34 bytes a token and channel: arXiv:2205.05198, equation 1 without its quadratic term.
  ///
  /// Two of them are dropout masks, 8 the inputs of the two norms and their outputs, which belong to the connection
  /// here.
  @Test func `a GPT layer keeps 34 bytes a token and channel, connection and dropout masks included`() throws {
    let C = 1024
    let shape = PublishedModels.uniform(
      "GPT", channels: C, vocabulary: 51_200, layers: 1,
      attention: GroupedAttention(heads: 16, keyValueHeads: 16, headDimension: 64),
      feedForward: .dense(DenseFeedForward(intermediate: 4 * C, isGated: false)))
    let functions = try shape.layers[0].functions.reduce(0) { try $0 + elements($1, in: shape, .activation) }
    #expect(2 * functions + 8 * C + 2 * C == 34 * C)
  }

  /// By hand: q and output 4096 each, k and v 1024 each, a log-sum-exp for 32 heads; three tensors of 14 336.
  @Test func `a layer of Llama 3 8B keeps what FlashAttention and SwiGLU read`() throws {
    let shape = PublishedModels.llama8B
    let (attention, network) = (shape.layers[0].functions[0], shape.layers[0].functions[1])
    #expect(try elements(attention, in: shape, .activation) == 2 * 4096 + 2 * 1024)
    #expect(try elements(attention, in: shape, .single) == 32)
    #expect(try elements(network, in: shape, .activation) == 3 * 14_336)
  }

  /// By hand at DeepSeek-V3's sizes.
  @Test func `MLA keeps its latents twice and its heads once`() throws {
    let shape = PublishedModels.deepSeekV3
    let heads = 128 * 192 + 128 * 192 + 128 * 128 + 128 * 128
    #expect(try elements(shape.layers[3].functions[0], in: shape, .activation) == heads + 2 * 1536 + 2 * 512)
  }

  /// By hand at DeepSeek-V3's sizes: eight permuted inputs, eight experts of 2048 and a shared one, three tensors each.
  @Test func `a mixture keeps an input and three hidden tensors an active expert`() throws {
    let shape = PublishedModels.deepSeekV3
    let mixture = shape.layers[3].functions[1]
    #expect(try elements(mixture, in: shape, .activation) == 8 * 7168 + 9 * 3 * 2048)
    #expect(try elements(mixture, in: shape, .single) == 256 + 16)
  }

  /// By hand at V4-Flash's sizes: entries of 4 tokens have 512/4 channels a token and those of the indexer 128/4; an
  /// overlapping compressor keeps values and scores of 1024 and 256 channels in fp32, the indexer 512 places.
  @Test func `compressed sparse attention keeps compressor and indexer besides its heads`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    let attention = shape.layers[2].functions[0]
    let heads = 3 * 64 * 512 + 2 * 1024 + 2 * 512 + 8 * 1024
    #expect(try elements(attention, in: shape, .activation) == heads + 2 * 128 + 2 * 32 + 64 * 128 + 64)
    #expect(try elements(attention, in: shape, .single) == 64 + 2 * 1024 + 2 * 256 + 512)
  }

  @Test(arguments: PublishedModels.all)
  func `attention-only recompute drops the core's output and log-sum-exp and runs the core again`(
    _ shape: ModelShape
  ) throws {
    for layer in Set(shape.layers) {
      let attention = layer.functions[0].ledger
      let kept = attention.saved(at: .attention)
      #expect(attention.saved.filter { !kept.contains($0) }.map(\.tensor) == ["attention output", "log-sum-exp"])
      #expect(attention.rerun(at: .attention).map(\.name) == ["attention core"])
      let network = layer.functions[1].ledger
      #expect(network.saved(at: .attention) == network.saved)
      #expect(network.rerun(at: .attention).isEmpty)
    }
  }

  @Test(arguments: PublishedModels.all)
  func `full recompute keeps nothing and runs everything again, none keeps all and runs nothing`(
    _ shape: ModelShape
  ) throws {
    for function in Set(shape.layers).flatMap(\.functions) {
      #expect(function.ledger.saved(at: .full).isEmpty)
      #expect(function.ledger.rerun(at: .full) == function.ledger.forward)
      #expect(function.ledger.saved(at: .none) == function.ledger.saved)
      #expect(function.ledger.rerun(at: .none).isEmpty)
    }
  }

  @Test func `only what all heads share is whole on every tensor-parallel device`() {
    let replicated = PublishedModels.all.flatMap { Set($0.layers) }.flatMap(\.functions).flatMap(\.ledger.saved)
      .filter { $0.sharding == .replicated }.map(\.tensor)
    #expect(Set(replicated) == ["key and value", "key-value entries", "index entries", "picked places"])
  }
}
