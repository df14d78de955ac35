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
    budget = try capacity - setup.reserve.size(of: capacity)
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
    let own = try ownStep(layout)
    let (basis, stages) = (own.basis, own.stages)
    let residualShare = try DeviceShare(layout, residual, like: basis.share)
    let residualPieces = PieceTimes(roofline, residualRates, residualShare, residual, basis.links, like: basis.pieces)
    let residualSegments = try residualSegments(stages, residualShare, residualPieces, basis.placement)
    let residualStep = try stepTime(
      residual, residualShare, residualPieces, basis.links, basis.placement, residualSegments)
    let heaviest = Self.heaviest(stages)
    return Plan(
      layout: layout, stages: stages, heaviestStage: heaviest,
      time: PlanTime(own.step, residual: residualStep, layout),
      verdict: try Verdict(stages[heaviest], capacity: hardware.memoryCapacity.value, budget: budget))
  }

  /// What plans are compared by: the time of a step and the peak, as ``plan(_:)`` gives them.
  ///
  /// Takes less time than a plan, as nothing is compared with residual connections.
  ///
  /// - Parameter layout: a layout at this planner's sequence length.
  /// - Returns: time, peak and whether it fits.
  /// - Throws: ``PlanError`` for a layout that does not exist; `OverflowError` for sizes beyond 64 bits.
  public func figures(of layout: Layout) throws -> PlanFigures {
    var memory = LayoutMemory()
    return try figures(of: layout, reusing: &memory)
  }

  /// The same, for one who plans a layout under many setups in turn.
  ///
  /// - Parameters:
  ///   - layout: a layout at this planner's sequence length.
  ///   - memory: what planners of the same model left of the layout last planned; what this one can use of it is not
  ///     computed again, and changes nothing.
  /// - Returns: time, peak and whether it fits.
  /// - Throws: ``PlanError`` for a layout that does not exist; `OverflowError` for sizes beyond 64 bits.
  public func figures(of layout: Layout, reusing memory: inout LayoutMemory) throws -> PlanFigures {
    let own = try ownStep(layout, like: memory.basis(of: layout, for: cost))
    memory.keep(own.basis)
    let peak = own.stages[Self.heaviest(own.stages)].peak
    return PlanFigures(step: Seconds(own.step.seconds[.expected]), peak: peak, fits: peak <= budget)
  }

  /// A step with the setup's own connection.
  private struct OwnStep {
    var basis: LayoutBasis
    var stages: [StagePlan]
    var step: StepTime
  }

  private func ownStep(_ layout: Layout, like other: LayoutBasis? = nil) throws -> OwnStep {
    if other == nil { try layout.check(limits) }
    guard layout.sequence == sequence else {
      throw PlanError("--sequence", "expected \(sequence), which the model was costed at, found \(layout.sequence)")
    }
    let share = try DeviceShare(layout, cost, like: other?.share)
    let links = try other?.links ?? LayoutLinks(sharedLinks, streamLinks, share)
    let pieces = PieceTimes(roofline, rates, share, cost, links, like: other?.pieces)
    let placement =
      try other?.placement
      ?? Placement(layout, layers: model.layers.count, modules: model.predictionModules.count)
    let stages = try planStages(cost, share, pieces, placement)
    let step = try stepTime(cost, share, pieces, links, placement, placement.segments(stages))
    let basis = LayoutBasis(cost: cost, share: share, links: links, pieces: pieces, placement: placement)
    return OwnStep(basis: basis, stages: stages, step: step)
  }

  /// The stage with the highest peak; of several, the first.
  private static func heaviest(_ stages: [StagePlan]) -> Int {
    var heaviest = 0
    for stage in stages where stage.peak > stages[heaviest].peak { heaviest = stage.index }
    return heaviest
  }

  /// How a step with plain residual connections is recomputed, by part.
  private func residualSegments(
    _ stages: [StagePlan], _ share: DeviceShare, _ pieces: PieceTimes, _ placement: Placement
  ) throws -> [[RecomputeSegment]] {
    // A residual holds no more than the connection in any part, so where the connection's layers can all be stored the
    // residual's can be too, and need no search.
    func isStored(_ stage: StagePlan) -> Bool {
      stage.peak <= budget && stage.chunks.allSatisfy { $0.segments.count == 1 && $0.segments[0].kind == .stored }
    }
    guard placement.order == nil else {
      if stages.allSatisfy(isStored) { return placement.segments(stages) }
      return placement.segments(try planStages(residual, share, pieces, placement))
    }
    var sizes = share.sizes(residual)
    return try stages.map { stage in
      guard !isStored(stage) else { return stage.chunks[0].segments }
      let part = placement.parts(of: stage.index, residual)[0]
      return try planStage(part, stage.layers, share, residual, pieces, sizes: &sizes).segments
    }
  }

  /// The links of a layout.
  func links(_ share: DeviceShare) throws(OverflowError) -> LayoutLinks? {
    try LayoutLinks(sharedLinks, streamLinks, share)
  }

  /// The pieces of a layout, for figures beside the plan.
  func pieces(_ share: DeviceShare, _ links: LayoutLinks?) -> PieceTimes {
    PieceTimes(roofline, rates, share, cost, links, like: nil)
  }
}

extension TrainingSetup {
  /// The same run with plain residual connections: what a plan's overhead is over, and what stands beside it.
  ///
  /// Its policy is ``StreamRecompute/ofResidual(_:)``.
  var withResidual: TrainingSetup {
    var setup = self
    setup.connection = .residual
    setup.fusion = .unfused
    setup.streams = 1
    setup.streamRecompute = streamRecompute.ofResidual(layerRecompute)
    return setup
  }
}
