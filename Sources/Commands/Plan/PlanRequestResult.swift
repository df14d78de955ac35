import CostModel
import Planner
import Profiles
import Schedules

/// What `plan` was asked for, every default filled in.
struct PlanRequestResult: Encodable {
  var model: String
  var hardware: String
  var data: Int
  var tensor: Int
  var pipeline: Int
  var expert: Int
  var context: Int
  var sequenceParallel: Bool
  var stageLayers: [Int]
  var microbatch: Int
  var sequence: Int
  var globalBatch: Int
  var microbatches: Int
  var schedule: String
  var chunks: Int
  var overlapsCommunication: Bool
  var decouplesRecompute: Bool
  var prioritizesMerge: Bool
  var preemptsAttention: Bool
  var sendsWithinPair: Bool
  var devices: Int
  var connection: Connection
  var streams: Int
  var fusion: Fusion
  var streamFormat: NumberFormat
  var matrixFormat: String
  var weightFormat: NumberFormat
  var gradientFormat: NumberFormat
  var optimizer: String
  var zeroStage: Int
  var layerRecompute: String
  var recompute: String
  var coefficients: CoefficientPolicy
  var reserve: String

  init(_ loaded: LoadedModel, _ planner: Planner, _ plan: Plan) {
    let (layout, setup) = (plan.layout, planner.setup)
    model = loaded.shape.name
    hardware = planner.hardware.name
    data = layout.data
    tensor = layout.tensor
    pipeline = layout.pipeline
    expert = layout.expert
    context = layout.context
    sequenceParallel = layout.sequenceParallel
    stageLayers = plan.layersOfParts
    microbatch = layout.microbatch
    sequence = layout.sequence
    globalBatch = layout.globalBatch
    microbatches = layout.microbatches
    schedule = layout.schedule.rawValue
    chunks = layout.chunksOfStage
    overlapsCommunication = setup.overlap.overlapsCommunication
    decouplesRecompute = setup.overlap.decouplesRecompute
    prioritizesMerge = setup.overlap.prioritizesMerge
    preemptsAttention = setup.overlap.preemptsAttention
    sendsWithinPair = setup.overlap.sendsWithinPair
    devices = layout.data * layout.tensor * layout.pipeline * layout.context
    connection = setup.connection
    streams = setup.streams
    fusion = setup.fusion
    streamFormat = setup.precision.stream
    matrixFormat = setup.matrixFormat.rawValue
    weightFormat = setup.weightFormat
    gradientFormat = setup.gradientFormat
    optimizer = setup.optimizer.rawValue
    zeroStage = setup.zeroStage.rawValue
    layerRecompute = setup.layerRecompute.rawValue
    recompute = setup.streamRecompute.argument
    coefficients = setup.coefficients
    reserve = setup.reserve.argument
  }
}
