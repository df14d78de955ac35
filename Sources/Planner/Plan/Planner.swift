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
  let limits: LayoutLimits
  let roofline: Roofline
  private let rates: LayerRates
  private let residualRates: LayerRates
  private let sharedLinks: Links?
  private let streamLinks: Links?

  /// Costs the model.
  ///
  /// - Parameters:
  ///   - model: the model.
  ///   - hardware: the device.
  ///   - setup: how the model is trained.
  ///   - sequence: S, 1 to 2³².
  /// - Throws: ``PlanError`` for a setup that does not exist; `OverflowError` for sizes beyond 64 bits.
  public init(model: ModelShape, hardware: Hardware, setup: TrainingSetup, sequence: Int) throws {
    try self.init(model: model, hardware: hardware, setup: setup, sequence: sequence, like: nil)
  }

  /// The same model, device and sequence length under another setup.
  func with(_ setup: TrainingSetup) throws -> Planner {
    try Planner(model: model, hardware: hardware, setup: setup, sequence: sequence, like: cost)
  }

  private init(
    model: ModelShape, hardware: Hardware, setup: TrainingSetup, sequence: Int, like other: ModelCost?
  ) throws {
    guard (1...Layout.largestSize).contains(sequence) else {
      throw PlanError("--sequence", "expected 1 to \(Layout.largestSize), found \(sequence)")
    }
    guard setup.connection.allows(streams: setup.streams) else {
      throw PlanError("--streams", "expected a number that \(setup.connection.rawValue) allows, found \(setup.streams)")
    }
    try setup.check(on: hardware)
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
    limits = LayoutLimits(model)
    let cost = try ModelCost(model, setup: setup, sequence: sequence, like: other)
    let residual = try ModelCost(model, setup: setup.withResidual, sequence: sequence, like: cost)
    self.cost = cost
    self.residual = residual
    roofline = Roofline(hardware, matrixFormat: setup.matrixFormat)
    rates = LayerRates(cost, roofline)
    residualRates = LayerRates(residual, roofline)
    sharedLinks = Links(hardware.interconnect, end: \.matrix)
    streamLinks = Links(hardware.interconnect, end: \.memory)
  }

  /// The plan of one layout.
  ///
  /// - Parameter layout: a layout at this planner's sequence length.
  /// - Returns: memory, recompute, time and verdict.
  /// - Throws: ``PlanError`` for a layout that does not exist; `OverflowError` for sizes beyond 64 bits.
  public func plan(_ layout: Layout) throws -> Plan {
    try layout.check(limits)
    guard layout.sequence == sequence else {
      throw PlanError("--sequence", "expected \(sequence), which the model was costed at, found \(layout.sequence)")
    }
    let share = try DeviceShare(layout, cost)
    let links = try LayoutLinks(sharedLinks, streamLinks, share)
    let pieces = PieceTimes(roofline, rates, share, cost, links, like: nil)
    let partition = partition(layout)
    var stages: [StagePlan] = []
    stages.reserveCapacity(layout.pipeline)
    let step = try evaluate(cost, share, pieces, links, partition, each: { stages.append($0) })
    let residualShare = try DeviceShare(layout, residual, like: share)
    let residualPieces = PieceTimes(roofline, residualRates, residualShare, residual, links, like: pieces)
    // A residual holds no more than the connection in any part, so where the connection's layers can all be stored the
    // residual's can be too, and need no search.
    func storedSegments(_ index: Int) -> [RecomputeSegment]? {
      let known = stages[index].segments
      return known.count == 1 && known[0].kind == .stored && stages[index].peak <= budget ? known : nil
    }
    let residualStep = try evaluate(
      residual, residualShare, residualPieces, links, partition, known: storedSegments)
    var heaviest = 0
    for stage in stages where stage.peak > stages[heaviest].peak { heaviest = stage.index }
    return Plan(
      layout: layout, stages: stages, heaviestStage: heaviest,
      time: PlanTime(step, residual: residualStep, microbatches: layout.microbatches),
      verdict: try Verdict(stages[heaviest], capacity: hardware.memoryCapacity.value, budget: budget))
  }

  /// Plans every stage whose segments are not known, hands each on, and returns the time of a step.
  private func evaluate(
    _ cost: ModelCost, _ share: DeviceShare, _ pieces: PieceTimes, _ links: LayoutLinks?, _ partition: StagePartition,
    each: (StagePlan) -> Void = { _ in }, known: (Int) -> [RecomputeSegment]? = { _ in nil }
  ) throws -> StepTime {
    var step = StepTime(share.layout)
    var sizes = share.sizes(cost)
    for (index, layers) in partition.stages.enumerated() {
      let stage = Stage(index, layers: layers, layout: share.layout, cost: cost)
      let plan = try known(index) == nil ? planStage(stage, layers, share, cost, pieces, sizes: &sizes) : nil
      try step.add(pieces.stage(stage, plan?.segments ?? known(index) ?? [], cost), stage, share, cost, links)
      if let plan { each(plan) }
    }
    step.finish()
    return step
  }

  private func partition(_ layout: Layout) -> StagePartition {
    layout.stageLayers.isEmpty
      ? StagePartition(
        layers: model.layers.count, predictionModules: model.predictionModules.count, pipeline: layout.pipeline)
      : StagePartition(layout.stageLayers)
  }

  private func planStage(
    _ stage: Stage, _ layers: Range<Int>, _ share: DeviceShare, _ cost: ModelCost, _ pieces: PieceTimes,
    sizes: inout SymbolValues
  ) throws -> StagePlan {
    let fixed = try FixedMemory(stage, share, cost, sizes: &sizes)
    let activations = try cost.setup.streamRecompute.choose(
      stored: try StageActivations(stored: stage, share, cost), isAlike: cost.setup.layerRecompute != .full,
      problem: { try StageActivations.problem(stage, share, cost) }, work: { try pieces.work(stage, cost) },
      streams: cost.connection.streams, room: try (budget - Bytes(fixed.always)).count, logits: fixed.logits)
    let held = try Bytes(activations.heldBytes) + Bytes(fixed.logits)
    let peak = max(held, Bytes(activations.peakBytes))
    return StagePlan(
      index: stage.index, layers: layers, residualLayers: stage.layers, inFlight: stage.inFlight,
      segments: activations.segments, isProvenBest: activations.isProvenBest, peakSegment: activations.peakSegment,
      peaksAtLoss: held.count > activations.peakBytes, peak: try Bytes(fixed.always) + peak,
      fixed: Bytes(fixed.always))
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
