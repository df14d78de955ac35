import CostModel
import Planner
import Profiles
import Schedules
import Search

/// What `search` was asked for, every default filled in.
struct SearchRequestResult: Codable, Hashable {
  var model: String
  var hardware: String
  var devices: Int
  var sequence: Int
  var globalBatch: Int
  var sequenceParallel: Bool
  /// Sizes that were given; where none were, those of the layouts that exist.
  var data: [Int]
  var tensor: [Int]
  var pipeline: [Int]
  var expert: [Int]
  var context: [Int]
  var microbatch: [Int]
  var schedule: [String]
  var chunks: [Int]
  var connection: Connection
  var streams: [Int]
  var fusion: [Fusion]
  var zeroStage: [Int]
  var layerRecompute: [String]
  var recompute: [String]
  var streamFormat: NumberFormat
  var matrixFormat: String
  var weightFormat: NumberFormat
  var gradientFormat: NumberFormat
  var optimizer: String
  var coefficients: CoefficientPolicy
  var reserve: String
  var overlapsCommunication: Bool
  var decouplesRecompute: Bool
  var prioritizesMerge: Bool
  var preemptsAttention: Bool
  var sendsWithinPair: Bool
  /// Layouts that the result lists at most.
  var top: Int

  init(_ loaded: LoadedModel, _ hardware: Hardware, _ problem: SearchProblem, top: Int) {
    let (space, setup) = (problem.space, problem.setup)
    func sizes(_ given: [Int]?, _ size: KeyPath<Layout, Int>) -> [Int] {
      given ?? Set(problem.layouts.map { $0[keyPath: size] }).sorted()
    }
    model = loaded.shape.name
    self.hardware = hardware.name
    devices = space.devices
    sequence = space.sequence
    globalBatch = space.globalBatch
    sequenceParallel = space.sequenceParallel
    data = sizes(space.sizes.data, \.data)
    tensor = sizes(space.sizes.tensor, \.tensor)
    pipeline = sizes(space.sizes.pipeline, \.pipeline)
    expert = sizes(space.sizes.expert, \.expert)
    context = sizes(space.sizes.context, \.context)
    microbatch = sizes(space.sizes.microbatch, \.microbatch)
    schedule = space.sizes.schedules.map(\.rawValue)
    chunks = space.sizes.chunks
    connection = setup.connection
    streams = space.settings.streams
    fusion = space.settings.fusions
    zeroStage = space.settings.zeroStages.map(\.rawValue)
    layerRecompute = space.settings.layerRecompute.map(\.rawValue)
    recompute = space.settings.streamRecompute.map(\.argument)
    streamFormat = setup.precision.stream
    matrixFormat = setup.matrixFormat.rawValue
    weightFormat = setup.weightFormat
    gradientFormat = setup.gradientFormat
    optimizer = setup.optimizer.rawValue
    coefficients = setup.coefficients
    reserve = setup.reserve.argument
    overlapsCommunication = setup.overlap.overlapsCommunication
    decouplesRecompute = setup.overlap.decouplesRecompute
    prioritizesMerge = setup.overlap.prioritizesMerge
    preemptsAttention = setup.overlap.preemptsAttention
    sendsWithinPair = setup.overlap.sendsWithinPair
    self.top = top
  }

  /// Every value that was tried, by the option that takes it; options without a choice left out.
  var tried: [(option: String, values: [String])] {
    let lists: [(String, [String])] = [
      ("--data", data.map(String.init)), ("--tensor", tensor.map(String.init)),
      ("--pipeline", pipeline.map(String.init)), ("--expert", expert.map(String.init)),
      ("--context", context.map(String.init)), ("--microbatch", microbatch.map(String.init)),
      ("--schedule", schedule), ("--chunks", chunks.map(String.init)),
      ("--streams", streams.map(String.init)), ("--fusion", fusion.map(\.rawValue)),
      ("--zero", zeroStage.map(String.init)), ("--layer-recompute", layerRecompute), ("--recompute", recompute),
    ]
    return lists.filter { $0.1.count > 1 }.map { (option: $0.0, values: $0.1) }
  }
}

extension Choice {
  /// The option and its value, as the command line spells them.
  var argument: (option: String, value: String) {
    switch self {
    case .data(let size): ("--data", String(size))
    case .tensor(let size): ("--tensor", String(size))
    case .pipeline(let size): ("--pipeline", String(size))
    case .expert(let size): ("--expert", String(size))
    case .context(let size): ("--context", String(size))
    case .microbatch(let size): ("--microbatch", String(size))
    case .schedule(let schedule): ("--schedule", schedule.rawValue)
    case .chunks(let count): ("--chunks", String(count))
    case .streams(let count): ("--streams", String(count))
    case .fusion(let fusion): ("--fusion", fusion.rawValue)
    case .zeroStage(let stage): ("--zero", String(stage.rawValue))
    case .layerRecompute(let level): ("--layer-recompute", level.rawValue)
    case .streamRecompute(let policy): ("--recompute", policy.argument)
    }
  }
}
