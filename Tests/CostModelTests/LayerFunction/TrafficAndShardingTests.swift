import CostModel
import Testing

/// Memory traffic by hand, and what divides over which devices.
@Suite struct TrafficAndShardingTests {
  /// Elements a token by row, of the kinds asked for.
  private func traffic(
    _ function: LayerFunction, in shape: ModelShape, _ kinds: Set<WorkRow.Kind>
  ) throws -> [String: Int] {
    let values = try function.values(in: shape, sequence: 4096)
    let rows = function.ledger.forward.filter { kinds.contains($0.kind) }
    return try Dictionary(
      uniqueKeysWithValues: rows.map { ($0.name, try $0.trafficPerToken.evaluate(at: values)) })
  }

  /// In and out once: 32 + 8 heads of 128 rotated; gate, up and product; q, k, v and output of the core.
  @Test func `a layer of Llama 3 8B moves every tensor once an operation`() throws {
    let shape = PublishedModels.llama8B
    let (attention, network) = (shape.layers[0].functions[0], shape.layers[0].functions[1])
    #expect(
      try traffic(attention, in: shape, [.matrix, .attention, .vector]) == [
        "query, key, value": 4096 + 6144, "rotary": 2 * 40 * 128, "attention core": 4096 + 2 * 1024 + 4096,
        "output": 2 * 4096,
      ])
    #expect(
      try traffic(network, in: shape, [.matrix, .vector]) == [
        "gate and up": 4096 + 2 * 14_336, "SwiGLU": 3 * 14_336, "down": 14_336 + 4096,
      ])
  }

  @Test func `GELU reads one tensor and writes one`() throws {
    let shape = PublishedModels.uniform(
      "GPT", channels: 768, vocabulary: 50_257, layers: 1,
      attention: GroupedAttention(heads: 12, keyValueHeads: 12, headDimension: 64),
      feedForward: .dense(DenseFeedForward(intermediate: 3072, isGated: false)))
    #expect(try traffic(shape.layers[0].functions[1], in: shape, [.vector]) == ["GELU": 2 * 3072])
  }

  /// A token is read once and written for each of its eight experts; nine outputs are read and one written.
  @Test func `DeepSeek-V3's experts move a token out and back`() throws {
    let shape = PublishedModels.deepSeekV3
    #expect(
      try traffic(shape.layers[3].functions[1], in: shape, [.vector]) == [
        "routing scores": 2 * 256 + 2 * 8, "permute to experts": 9 * 7168, "experts SwiGLU": 3 * 8 * 2048,
        "shared SwiGLU": 3 * 2048, "combine": 10 * 7168,
      ])
    #expect(
      try traffic(shape.layers[3].functions[1], in: shape, [.matrix]) == [
        "router": 7168 + 256, "experts gate and up": 8 * (7168 + 4096), "experts down": 8 * (2048 + 7168),
        "shared gate and up": 7168 + 4096, "shared down": 2048 + 7168,
      ])
  }

  /// Rotated in place: 64 channels of 128 query heads.
  ///
  /// Read: 256 channels a head and the shared rotary key. Written:
  /// keys of 192 and values of 128.
  @Test func `MLA assembles its keys in the kernel that rotates them`() throws {
    let shape = PublishedModels.deepSeekV3
    #expect(
      try traffic(shape.layers[3].functions[0], in: shape, [.vector]) == [
        "query norm": 2 * 1536, "key and value norm": 2 * 512,
        "rotary and key assembly": 2 * 128 * 64 + (128 * 256 + 64) + 128 * (192 + 128),
      ])
  }

  /// Values and scores are 1024 and 256 channels wide, entries 512/4 and 128/4 a token, pooled and then normalised.
  ///
  /// Queries, output and the one key head are rotated in place.
  @Test func `compressed sparse attention pools what it compresses`() throws {
    let shape = PublishedModels.deepSeekV4Flash
    #expect(
      try traffic(shape.layers[2].functions[0], in: shape, [.vector]) == [
        "query norm": 2 * 1024, "query head norm": 2 * 64 * 512, "key and value norm": 2 * 512,
        "rotary": 2 * 129 * 64, "key-value pooling and norm": 2 * 1024 + 2 * 128,
        "index pooling and norm": 2 * 256 + 2 * 32, "index rotary": 2 * 64 * 64,
      ])
    #expect(
      try traffic(shape.layers[2].functions[0], in: shape, [.attention]) == [
        "index scores": 64 * 128 + 64 + 32 + 512, "attention core": 2 * 64 * 512 + 512 + 128,
      ])
  }

  @Test func `only routed experts divide over expert-parallel devices`() throws {
    let ledger = try ModelLedger(of: PublishedModels.deepSeekV3)
    var experts = 0
    for part in ledger.parts {
      for row in part.ledger.parameters where row.sharding == .expert {
        experts += try part.count * row.count.evaluate(at: part.values)
      }
    }
    #expect(experts == 58 * 256 * 3 * 7168 * 2048)
  }

  /// Megatron-LM: latents and router are whole on every tensor-parallel device, heads, hidden channels and the
  /// vocabulary are cut; whole matrices work on a device's own tokens.
  @Test func `norms, latents and router are not cut by tensor parallelism`() throws {
    let ledger = try ModelLedger(of: PublishedModels.deepSeekV3)
    let whole = ledger.parts.flatMap(\.ledger.parameters).filter { $0.sharding == .replicated }.map(\.name)
    #expect(
      Set(whole) == [
        "pre-norm", "query down", "query norm", "key and value down", "key and value norm", "router", "router bias",
        "final norm",
      ])
    for part in ledger.parts {
      for row in part.ledger.forward where whole.contains(row.name) { #expect(row.sharding == .sequence) }
      for row in part.ledger.forward { #expect(row.sharding == .sequence || row.sharding == .tensor) }
      for row in part.ledger.saved { #expect(row.sharding != .expert) }
    }
  }
}
