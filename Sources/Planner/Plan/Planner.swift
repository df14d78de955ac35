public import CostModel
public import Quantities

/// Plans a model on one kind of device: a model and a setup are costed once, layouts are then cheap.
public struct Planner: Sendable {
  /// The model as it was given.
  public let model: ModelShape
  /// The device.
  public let hardware: Hardware
  /// How the model is trained.
  public let setup: TrainingSetup
  /// S that the model is costed at.
  public let sequence: Int
  /// Memory that a plan may use on a device.
  public let budget: Bytes

  let cost: ModelCost
  private let residual: ModelCost
  private let points: [RooflinePoint]

  /// Costs the model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - hardware: the device.
  ///   - setup: how the model is trained.
  ///   - sequence: S, 1 to 2³².
  /// - Throws: ``PlanError`` for a setup that does not exist; `OverflowError` for sizes beyond 64 bits.
  public init(model: ModelShape, hardware: Hardware, setup: TrainingSetup, sequence: Int) throws {
    guard (1...Layout.largestSize).contains(sequence) else {
      throw PlanError("--sequence", "expected 1 to \(Layout.largestSize), found \(sequence)")
    }
    guard setup.connection.allows(streams: setup.streams) else {
      throw PlanError("--streams", "expected a number that \(setup.connection.rawValue) allows, found \(setup.streams)")
    }
    self.model = model
    self.hardware = hardware
    self.setup = setup
    self.sequence = sequence
    let capacity = hardware.memoryCapacity.value
    switch setup.reserve {
    case .fraction(let thousandths):
      budget = try Bytes(capacity.count - product("reserve", capacity.count / 1000, thousandths))
    case .bytes(let bytes): budget = try capacity - Bytes(bytes)
    }
    cost = try ModelCost(model, setup: setup, sequence: sequence)
    residual = try ModelCost(model, setup: setup.withResidual, sequence: sequence)
    points = Corner.allCases.map { RooflinePoint(hardware, matrixFormat: setup.matrixFormat, $0.choice) }
  }

  /// The plan of one layout.
  ///
  /// - Parameter layout: a layout at this planner's sequence length.
  /// - Returns: memory, recompute, time and verdict.
  /// - Throws: ``PlanError`` for a layout that does not exist; `OverflowError` for sizes beyond 64 bits.
  public func plan(_ layout: Layout) throws -> Plan {
    try layout.check(against: model)
    guard layout.sequence == sequence else {
      throw PlanError("--sequence", "expected \(sequence), which the model was costed at, found \(layout.sequence)")
    }
    let (stages, times) = try evaluate(cost, layout)
    let (_, residualTimes) = try evaluate(residual, layout)
    var heaviest = 0
    for stage in stages where stage.memory.totalBytes > stages[heaviest].memory.totalBytes { heaviest = stage.index }
    return Plan(
      layout: layout, stages: stages, heaviestStage: heaviest,
      time: Corner.planTime(times, residual: residualTimes, microbatches: layout.microbatches),
      verdict: try Verdict(
        memory: stages[heaviest].memory, capacity: hardware.memoryCapacity.value, budget: budget))
  }

  /// Every stage, and the time of a step at every corner.
  private func evaluate(_ cost: ModelCost, _ layout: Layout) throws -> ([StagePlan], [StepTime]) {
    let share = try DeviceShare(layout, cost)
    let pieces = points.map { PieceTimes($0, share, cost) }
    let partition = StagePartition(layers: model.layers.count, pipeline: layout.pipeline)
    var plans: [StagePlan] = []
    var times: [[StageTime]] = Array(repeating: [], count: points.count)
    for (index, layers) in partition.stages.enumerated() {
      let stage = Stage(index, layers: layers, layout: layout, cost: cost)
      let plan = try planStage(stage, layers, share, cost, expected: pieces[Corner.expected.rawValue])
      for (corner, piece) in pieces.enumerated() { times[corner].append(piece.stage(stage, plan.segments)) }
      plans.append(plan)
    }
    return (plans, times.map { StepTime($0, microbatches: layout.microbatches) })
  }

  private func planStage(
    _ stage: Stage, _ layers: Range<Int>, _ share: DeviceShare, _ cost: ModelCost, expected: PieceTimes
  ) throws -> StagePlan {
    let fixed = try StageMemory.fixedSizes(stage, share, cost)
    var room = budget
    for part in [MemoryPart.weights, .gradients, .optimizer, .buffers] {
      room = try room - Bytes(part.formula.evaluate(at: fixed))
    }
    let logits = try MemoryPart.logits.formula.evaluate(at: fixed)
    let problem = try StageActivations.problem(stage, share, cost)
    let activations = try cost.setup.streamRecompute.choose(
      problem, work: { try expected.work(stage) }, streams: cost.connection.streams, room: room.count, atLoss: logits)
    return StagePlan(
      index: stage.index, layers: layers, residualLayers: stage.layers, inFlight: stage.inFlight,
      segments: activations.segments, isProvenBest: activations.isProvenBest, peakSegment: activations.peakSegment,
      memory: try StageMemory(fixed, activations, stage, share, cost))
  }
}

extension TrainingSetup {
  /// The same run with plain residual connections, which recompute only as much as they must to fit.
  var withResidual: TrainingSetup {
    var setup = self
    setup.connection = .residual
    setup.fusion = .unfused
    setup.streams = 1
    setup.streamRecompute = .auto
    return setup
  }
}
