import CostModel
import Quantities
import Testing

/// Every cost grows, or stays, when a size grows.
@Suite struct MonotonicityTests {
  /// Totals that a plan is made of, at one model and sequence.
  private func costs(_ shape: ModelShape, sequence: Int) throws -> [Int] {
    let ledger = try ModelLedger(of: shape, sequence: sequence)
    let counts = try ledger.parameterCounts()
    var saved = 0
    for part in ledger.parts {
      saved += try part.count * part.ledger.savedElementsPerToken(at: .none).evaluate(at: part.values)
    }
    return [
      counts.total.count, counts.active.count, counts.prediction.count,
      try ledger.forwardFLOPsPerSequence().count, try ledger.predictionFLOPsPerSequence().count, saved,
    ]
  }

  private func expectGrowth(_ smaller: ModelShape, _ larger: ModelShape, _ what: String) throws {
    for (a, b) in zip(try costs(smaller, sequence: 512), try costs(larger, sequence: 512)) {
      #expect(a <= b, "\(smaller.name): \(what)")
    }
    let (a, b) = (try costs(smaller, sequence: 512), try costs(larger, sequence: 512))
    #expect(a != b, "\(smaller.name): \(what) costs nothing")
  }

  @Test(arguments: PublishedModels.all)
  func `costs grow with every size of the whole model`(_ shape: ModelShape) throws {
    var larger = shape
    larger.channels += 64
    try expectGrowth(shape, larger, "channels")
    larger = shape
    larger.vocabulary += 1
    try expectGrowth(shape, larger, "vocabulary")
    larger = shape
    larger.layers.append(shape.layers[0])
    try expectGrowth(shape, larger, "layers")
    larger = shape
    larger.predictionModules.append(shape.layers[0])
    try expectGrowth(shape, larger, "prediction modules")
    let (short, long) = (try costs(shape, sequence: 500), try costs(shape, sequence: 1000))
    #expect(short[3] * 2 < long[3], "attention grows faster than the sequence")
  }

  @Test func `costs grow with every size of attention`() throws {
    let grouped = GroupedAttention(heads: 4, keyValueHeads: 2, headDimension: 16, window: 64)
    try expectGrowth(.grouped(grouped), from: grouped) { (attention: inout GroupedAttention, step) in
      switch step {
      case 0: attention.heads += 1
      case 1: attention.keyValueHeads += 1
      case 2: attention.headDimension += 1
      case 3: attention.window = 65
      case 4: attention.window = nil
      case 5: attention.hasInputBias = true
      case 6: attention.hasOutputBias = true
      case 7: attention.normalizesHeads = true
      default: return nil
      }
      return .grouped(attention)
    }
    let latent = LatentAttention(
      heads: 4, queryRank: 24, keyValueRank: 16, noPositionDimension: 16, ropeDimension: 8, valueDimension: 16)
    try expectGrowth(.latent(latent), from: latent) { (attention: inout LatentAttention, step) in
      switch step {
      case 0: attention.heads += 1
      case 1: attention.queryRank = 25
      case 2: attention.keyValueRank += 1
      case 3: attention.noPositionDimension += 1
      case 4: attention.ropeDimension += 1
      case 5: attention.valueDimension += 1
      default: return nil
      }
      return .latent(attention)
    }
    let compressed = CompressedAttention(
      heads: 4, headDimension: 32, ropeDimension: 8, queryRank: 24, outputGroups: 2, outputRank: 8, window: 32,
      compressionRatio: 4, indexer: .init(heads: 2, headDimension: 8, topK: 16))
    try expectGrowth(.compressed(compressed), from: compressed) { (attention: inout CompressedAttention, step) in
      switch step {
      case 0: attention.heads += 1
      case 1: attention.headDimension += 1
      case 2: attention.ropeDimension += 1
      case 3: attention.queryRank += 1
      case 4: attention.outputGroups += 1
      case 5: attention.outputRank += 1
      case 6: attention.window += 1
      case 7: attention.indexer?.heads += 1
      case 8: attention.indexer?.headDimension += 1
      case 9: attention.indexer?.topK += 1
      default: return nil
      }
      return .compressed(attention)
    }
  }

  @Test func `costs grow with every size of a mixture`() throws {
    let mixture = MixtureOfExperts(
      routedExperts: 8, activeExperts: 2, sharedExperts: 1, expertIntermediate: 32, sharedIntermediate: 48)
    for step in 0..<7 {
      var larger = mixture
      switch step {
      case 0: larger.routedExperts += 1
      case 1: larger.activeExperts += 1
      case 2: larger.sharedExperts += 1
      case 3: larger.expertIntermediate += 1
      case 4: larger.sharedIntermediate += 1
      case 5: larger.hasRouterBias = true
      default: larger.gatesSharedExpert = true
      }
      let attention = GroupedAttention(heads: 4, keyValueHeads: 2, headDimension: 16)
      try expectGrowth(
        small(.grouped(attention), .mixture(mixture)), small(.grouped(attention), .mixture(larger)), "step \(step)")
    }
  }

  private func small(
    _ attention: Attention, _ feedForward: FeedForward = .dense(DenseFeedForward(intermediate: 128))
  ) -> ModelShape {
    ModelShape(
      name: "\(attention)", family: "llama", channels: 64, vocabulary: 256, tiesEmbeddings: false, defaultSequence: 512,
      layers: [TransformerLayer(attention: attention, feedForward: feedForward)])
  }

  private func expectGrowth<Sizes>(
    _ smaller: Attention, from sizes: Sizes, _ grow: (inout Sizes, Int) -> Attention?
  ) throws {
    for step in 0... {
      var larger = sizes
      guard let attention = grow(&larger, step) else { return }
      try expectGrowth(small(smaller), small(attention), "step \(step)")
    }
  }
}
