import CostModel
import Planner
import Profiles
import Quantities

/// A small model, a setup and a layout that exists for it, by chance.
struct RandomRun: CustomStringConvertible {
  var model: ModelShape
  var setup: TrainingSetup
  var layout: Layout
  var hardware: Hardware

  var description: String { "\(setup) \(layout) \(model)" }

  init(using generator: inout SeededGenerator) throws {
    func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &generator) ?? values[0] }
    let channels = 64 * Int.random(in: 1...24, using: &generator)
    let heads = 8 * Int.random(in: 1...3, using: &generator)
    let attentions: [Attention] = [
      .grouped(GroupedAttention(heads: heads, keyValueHeads: pick([1, 4, 8]), headDimension: 32)),
      .latent(
        LatentAttention(
          heads: heads, queryRank: pick([nil, 96]), keyValueRank: 64, noPositionDimension: 32, ropeDimension: 16,
          valueDimension: 32)),
      .compressed(
        CompressedAttention(
          heads: heads, headDimension: 64, ropeDimension: 16, queryRank: 96, outputGroups: 8, outputRank: 32,
          window: 32,
          compressionRatio: pick([0, 4, 128]), indexer: pick([nil, .init(heads: 8, headDimension: 32, topK: 16)]))),
    ]
    let dense = FeedForward.dense(DenseFeedForward(intermediate: 64 * Int.random(in: 1...60, using: &generator)))
    let mixture = FeedForward.mixture(
      MixtureOfExperts(
        routedExperts: 16, activeExperts: pick([1, 4]), sharedExperts: pick([0, 1]), expertIntermediate: 128,
        sharedIntermediate: 128))
    let hasExperts = Bool.random(using: &generator)
    let layers = (0..<Int.random(in: 2...20, using: &generator)).map { index in
      TransformerLayer(
        attention: pick(attentions), feedForward: hasExperts && index > 0 ? pick([dense, mixture]) : dense)
    }
    model = ModelShape(
      name: "random", family: "random", channels: channels,
      vocabulary: 1000 * Int.random(in: 1...40, using: &generator),
      tiesEmbeddings: Bool.random(using: &generator), streams: 4, defaultSequence: 512, layers: layers,
      predictionModules: pick([[], [TransformerLayer(attention: attentions[0], feedForward: dense)]]),
      hasStreamHead: Bool.random(using: &generator))
    let connection = pick(Connection.allCases)
    setup = TrainingSetup(
      connection: connection,
      streams: connection == .residual ? 1 : pick(connection == .kronecker ? [2, 4] : [1, 2, 4]),
      fusion: pick(connection.fusions), precision: Precision(stream: pick([.bfloat16, .float32])),
      weightFormat: pick([.bfloat16, .float32, .float8]), gradientFormat: pick([.bfloat16, .float32]),
      optimizer: pick(Optimizer.allCases), zeroStage: pick(ZeroStage.allCases),
      layerRecompute: pick(RecomputeLevel.allCases),
      streamRecompute: pick([.auto, .stored, .paper, .uniform, .uneven, .blocks(ofLayers: pick([1, 2, 5]))]),
      coefficients: pick(CoefficientPolicy.allCases))
    let (data, tensor, context) = (pick([1, 2, 8]), pick([1, 2, 8]), pick([1, 2, 4]))
    let microbatch = pick([1, 2, 3])
    layout = Layout(
      data: data, tensor: tensor, sequenceParallel: Bool.random(using: &generator),
      pipeline: Int.random(in: 1...min(layers.count, 6), using: &generator),
      expert: layers.contains { $0.feedForward == mixture }
        ? pick([1, 2, 4, 8, 16].filter { data * tensor * context % $0 == 0 }) : 1, context: context,
      microbatch: microbatch, sequence: 512, globalBatch: data * microbatch * Int.random(in: 1...9, using: &generator))
    hardware = try HardwareSource.load(pick(["h800", "mi300x", "cpu-zen4-example"]))
  }

  /// The planner of the run.
  func planner() throws -> Planner {
    try Planner(model: model, hardware: hardware, setup: setup, sequence: layout.sequence)
  }

  /// The same on a device of so many bytes, all of which may be used.
  func planner(capacity: Int, _ recompute: StreamRecompute) throws -> Planner {
    var (hardware, setup) = (hardware, setup)
    hardware.memoryCapacity.value = Bytes(capacity)
    setup.reserve = .bytes(0)
    setup.streamRecompute = recompute
    return try Planner(model: model, hardware: hardware, setup: setup, sequence: layout.sequence)
  }

  /// So many runs.
  static func several(_ count: Int, seed: UInt64) throws -> [RandomRun] {
    var generator = SeededGenerator(seed: seed)
    return try (0..<count).map { _ in try RandomRun(using: &generator) }
  }
}
