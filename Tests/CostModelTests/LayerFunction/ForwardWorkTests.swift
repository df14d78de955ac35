import CostModel
import Quantities
import Testing

/// FLOPs against published formulas and figures.
@Suite struct ForwardWorkTests {
  private func flops(_ part: ModelPart, _ kind: WorkRow.Kind) throws -> Int {
    let rows = part.ledger.forward.filter { $0.kind == kind }
    return try part.count * rows.reduce(0) { try $0 + $1.flopsPerSequence.evaluate(at: part.values) }
  }

  /// A forward pass takes 24 S C² + 4 S² C a layer and 2 S C V for the logits: arXiv:2104.04473, appendix.
  ///
  /// A causal mask leaves S (S + 1) / 2 of the S² pairs.
  @Test(arguments: [(1024, 1024), (2048, 12_288), (1, 64)])
  func `GPT's products are those of Megatron-LM's formula`(_ S: Int, _ C: Int) throws {
    let V = 51_200
    let shape = PublishedModels.uniform(
      "GPT", channels: C, vocabulary: V, layers: 1,
      attention: GroupedAttention(heads: C / 64, keyValueHeads: C / 64, headDimension: 64),
      feedForward: .dense(DenseFeedForward(intermediate: 4 * C, isGated: false)))
    let ledger = try ModelLedger(of: shape, sequence: S)
    let layer = try #require(ledger.kinds.first)
    #expect(try layer.parts.reduce(0) { try $0 + flops($1, .matrix) } == 24 * S * C * C)
    #expect(try layer.parts.reduce(0) { try $0 + flops($1, .attention) } == 4 * (S * (S + 1) / 2) * C)
    #expect(try flops(ledger.head, .matrix) == 2 * S * C * V)
  }

  /// "Insights into DeepSeek-V3" (arXiv:2505.09343) Table 2: 250 GFLOPs a token in training at 4096 tokens, which is
  /// three forward passes.
  @Test func `DeepSeek-V3 trains at 250 GFLOPs a token`() throws {
    let forward = try ModelLedger(of: PublishedModels.deepSeekV3, sequence: 4096).forwardFLOPsPerToken()
    #expect((3 * forward / 1e9).rounded() == 250)
  }

  /// The rule of thumb, which norms, biases and the embedding's one row are too small to disturb.
  @Test(arguments: PublishedModels.all)
  func `products are two FLOPs an active parameter`(_ shape: ModelShape) throws {
    let ledger = try ModelLedger(of: shape)
    let products = try ledger.parts.reduce(0) { try $0 + flops($1, .matrix) }
    let active = try ledger.parameterCounts().active.count
    let ratio = Double(products) / (2 * Double(active) * Double(ledger.sequence))
    #expect((0.998...1).contains(ratio), "\(ratio)")
    let vectors = try ledger.parts.reduce(0) { try $0 + flops($1, .vector) }
    #expect(Double(vectors) < 0.01 * Double(products))
  }

  /// By hand at DeepSeek-V3's sizes: 128 heads of 192 and 128 channels, 2 · 8 390 656 pairs of 4096 tokens.
  @Test func `MLA's core takes 192 + 128 multiply-adds a pair and head`() throws {
    let ledger = try ModelLedger(of: PublishedModels.deepSeekV3, sequence: 4096)
    let attention = ledger.kinds[1].attention
    #expect(try flops(attention, .attention) == 58 * 2 * 8_390_656 * 128 * (192 + 128))
  }

  /// By hand for 1024 tokens.
  ///
  /// A window of 128 sees 122 944 pairs; entries of 4 tokens 130 816, no more than 512 a token, so all of them; entries
  /// of 128 tokens 3592. Scores: 64 heads of 128 channels, one product and one sum more a head.
  @Test func `DeepSeek-V4's three forms of attention attend window and entries`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    let core = 4 * 64 * 512
    let expected = [
      122_944 * core, (122_944 + 130_816) * core + 130_816 * (2 * 64 * 128 + 2 * 64), (122_944 + 3592) * core,
    ]
    for (layer, expected) in zip([0, 2, 3], expected) {
      let function = shape.layers[layer].functions[0]
      let part = ModelPart("", ledger: function.ledger, values: try function.values(in: shape, sequence: 1024))
      #expect(try flops(part, .attention) == expected)
    }
  }

  @Test func `a sliding window leaves the products and cuts the core`() throws {
    var shape = PublishedModels.mistral7B
    let windowed = try ModelLedger(of: shape, sequence: 16_384)
    guard case .grouped(var attention) = shape.layers[0].attention else { return #expect(Bool(false)) }
    attention.window = nil
    shape.layers = shape.layers.map { TransformerLayer(attention: .grouped(attention), feedForward: $0.feedForward) }
    let full = try ModelLedger(of: shape, sequence: 16_384)
    #expect(try flops(windowed.kinds[0].attention, .matrix) == flops(full.kinds[0].attention, .matrix))
    let flopsPerPair = 32 * 4 * 32 * 128
    #expect(try flops(windowed.kinds[0].attention, .attention) == flopsPerPair * (4096 * 4097 / 2 + 12_288 * 4096))
    #expect(try flops(full.kinds[0].attention, .attention) == flopsPerPair * (16_384 * 16_385 / 2))
  }
}
