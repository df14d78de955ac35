import CostModel
import Quantities
import Schedules

extension Planner {
  /// Plans every stage.
  func planStages(
    _ cost: ModelCost, _ share: DeviceShare, _ pieces: PieceTimes, _ placement: Placement
  ) throws -> [StagePlan] {
    if let order = placement.order { return try planChunks(cost, share, pieces, placement, order) }
    var sizes = share.sizes(cost)
    var stages: [StagePlan] = []
    stages.reserveCapacity(placement.layers.count)
    for (index, layers) in placement.layers.enumerated() {
      let part = placement.parts(of: index, cost)[0]
      stages.append(try planStage(part, layers, share, cost, pieces, sizes: &sizes))
    }
    return stages
  }

  /// Plans a stage of one chunk under a schedule with closed forms.
  func planStage(
    _ stage: Stage, _ layers: Range<Int>, _ share: DeviceShare, _ cost: ModelCost, _ pieces: PieceTimes,
    sizes: inout SymbolValues
  ) throws -> StagePlan {
    let fixed = try FixedMemory([stage], share, cost, sizes: &sizes)
    let activations = try cost.setup.streamRecompute.choose(
      stored: try StageActivations(stored: stage, share, cost), isAlike: cost.setup.layerRecompute != .full,
      problem: { try StageActivations.problem(stage, share, cost) }, work: { try pieces.work(stage, cost) },
      streams: cost.connection.streams, decoderLayers: stage.decoderLayers(cost),
      room: try (budget - Bytes(fixed.always)).count, logits: fixed.logits)
    let held = try Bytes(activations.heldBytes) + Bytes(fixed.logits)
    let peak = max(held, Bytes(activations.peakBytes))
    let chunk = ChunkPlan(
      part: stage.index, layers: layers, residualLayers: stage.layers, inFlight: stage.inFlight,
      segments: activations.segments)
    return StagePlan(
      index: stage.index, chunks: [chunk], inFlight: stage.inFlight, isProvenBest: activations.isProvenBest,
      peakSegment: activations.peakSegment, peaksAtLoss: held.count > activations.peakBytes,
      peak: try Bytes(fixed.always) + peak, fixed: Bytes(fixed.always), moment: nil)
  }

  /// The time of a step whose parts are recomputed in these segments.
  func stepTime(
    _ cost: ModelCost, _ share: DeviceShare, _ pieces: PieceTimes, _ links: LayoutLinks?, _ placement: Placement,
    _ segments: [[RecomputeSegment]], withSegments: Bool = false
  ) throws -> StepTime {
    let overlap = cost.setup.overlap
    let needsSegments = withSegments || !share.layout.isOrdered(overlap)
    var step = StepTime(share.layout, overlap)
    var stageOfPart = Array(repeating: 0, count: placement.layers.count)
    for (stage, own) in placement.partsOfStage.enumerated() { for part in own { stageOfPart[part] = stage } }
    if share.layout.schedule == .dualPipe { for part in stageOfPart.indices { stageOfPart[part] = part } }
    var before: Stage?
    for (index, layers) in placement.layers.enumerated() {
      let part = Stage(index, of: placement.layers.count, layers: layers, inFlight: 1, cost: cost)
      // Most parts are like the one before.
      if let before, cost.isAlike(part, before), segments[index] == segments[index - 1] {
        step.addPartLikeTheLast()
      } else {
        step.addPart(pieces.stage(part, segments[index], cost))
        if let links {
          step.add(
            try DataMessages([part], share, cost, links), areHidden: overlap.overlapsCommunication)
        }
      }
      before = part
      var message = Corners.zero
      if let links, !part.isLast {
        message = links.streams.seconds(
          links.groups.message(from: stageOfPart[index], to: stageOfPart[index + 1], bytes: share.streamBytes))
      }
      step.addMessage(message)
      guard needsSegments else { continue }
      let own = step.time(of: [index])
      step.addLayers(
        pieces.segments(part, segments[index], cost, data: (own.forwardMessages.data, own.backwardMessages.data)))
    }
    if let links, max(share.dataShards, share.expertShards) > 1 {
      for (stage, own) in placement.partsOfStage.enumerated() where own.count > 1 || !step.isLikeTheOneBefore(own[0]) {
        let ends = try dataEnds(of: stage, step, cost, share, links, placement)
        step.dataExposed = pointwiseMax(step.dataExposed, ends.exposed)
      }
    }
    try step.finish(placement.partsOfStage)
    return step
  }

  /// What a stage waits for gradients and weights at the ends of a step, and what its passes hide.
  func dataEnds(
    of stage: Int, _ step: StepTime, _ cost: ModelCost, _ share: DeviceShare, _ links: LayoutLinks,
    _ placement: Placement
  ) throws -> (exposed: Corners, hidden: Corners) {
    let own = placement.partsOfStage[stage]
    let parts = own.map {
      Stage($0, of: placement.layers.count, layers: placement.layers[$0], inFlight: 1, cost: cost)
    }
    return try DataMessages(parts, share, cost, links).atEnds(
      of: step.time(of: own), isHidden: cost.setup.overlap.overlapsCommunication)
  }
}
