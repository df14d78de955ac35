import CostModel
import Planner
import Quantities

/// The time of a step.
struct TimeResult: Encodable {
  var stepSeconds: RangeResult
  var residualStepSeconds: RangeResult
  var overheadFraction: RangeResult
  var microbatchSeconds: Microbatch
  var slowestStage: Int
  var microbatches: Int
  var bubbleFraction: Double
  var tokensPerSecond: RangeResult
  var modelFLOPsUtilization: Double
  var modelFLOPsUtilizationFormat: String
  var communication: [Communication]

  /// The messages of a step on the slowest stage, of one kind, at the expected constants.
  struct Communication: Encodable {
    var kind: String
    var devices: Int
    var domains: Int
    var exposedSeconds: Double
    var hiddenSeconds: Double
  }

  /// The slowest stage, one microbatch, at the expected constants.
  struct Microbatch: Encodable {
    var layerForward: Double
    var layerBackward: Double
    var layerRecompute: Double
    var connectionForward: Double
    var connectionBackward: Double
    var connectionRecompute: Double
    var head: Double
    var messages: Double
    var computing: Double
    var total: Double
  }

  init(_ planner: Planner, _ plan: Plan) throws {
    let time = plan.time
    stepSeconds = RangeResult(time.step)
    residualStepSeconds = RangeResult(time.residualStep)
    overheadFraction = RangeResult(time.overhead)
    let parts = time.microbatch
    microbatchSeconds = Microbatch(
      layerForward: parts.layerForward.value, layerBackward: parts.layerBackward.value,
      layerRecompute: parts.layerRecompute.value, connectionForward: parts.connectionForward.value,
      connectionBackward: parts.connectionBackward.value, connectionRecompute: parts.connectionRecompute.value,
      head: parts.head.value, messages: parts.messages.value, computing: parts.computing.value,
      total: parts.total.value)
    slowestStage = time.slowestStage
    microbatches = time.microbatches
    bubbleFraction = time.bubbleFraction
    let tokens = Double(plan.layout.globalBatch) * Double(plan.layout.sequence)
    tokensPerSecond = RangeResult(
      Estimate(
        low: tokens / time.step.high.value, expected: tokens / time.step.expected.value,
        high: tokens / time.step.low.value))
    modelFLOPsUtilization = try planner.modelFLOPsUtilization(plan)
    modelFLOPsUtilizationFormat = planner.matrixPeakFormat.rawValue
    communication = try planner.communication(of: plan).map {
      Communication(
        kind: $0.kind.rawValue, devices: $0.devices, domains: $0.domains, exposedSeconds: $0.exposed.value,
        hiddenSeconds: $0.hidden.value)
    }
  }
}

/// What the slowest stage computes and moves for one microbatch on one device.
struct WorkResult: Encodable {
  var stage: Int
  var layerFLOPs: Int
  var connectionFLOPs: Int
  var connectionReadBytes: Int
  var connectionWrittenBytes: Int
  var boundaryMessageBytes: Int

  init(_ planner: Planner, _ plan: Plan) throws {
    stage = plan.time.slowestStage
    let work = try planner.work(of: plan.stages[stage], in: plan.layout)
    layerFLOPs = work.layerFLOPs.count
    connectionFLOPs = work.connectionFLOPs.count
    connectionReadBytes = work.connectionRead.count
    connectionWrittenBytes = work.connectionWritten.count
    boundaryMessageBytes = try planner.boundaryMessageBytes(plan.layout).count
  }
}
