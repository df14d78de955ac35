import CostModel
import Quantities

// Stages of several chunks, or whose gradients of weights are put off: their memory follows from the order of passes.

extension Planner {
  /// Plans the parts of the model one by one, then each stage's peak from the order of its passes.
  ///
  /// A part may use the share of its stage's memory that it would take with nothing recomputed, on the stage where that is
  /// least. Every choice fits where its share does; a better one may exist.
  func planChunks(
    _ cost: ModelCost, _ share: DeviceShare, _ pieces: PieceTimes, _ placement: Placement, _ order: PassOrder
  ) throws -> [StagePlan] {
    var sizes = share.sizes(cost)
    let partsOfStage = placement.partsOfStage.indices.map { placement.parts(of: $0, cost) }
    let fixed = try partsOfStage.map { try FixedMemory($0, share, cost, sizes: &sizes) }
    var rooms = Array(repeating: Int.max, count: placement.layers.count)
    var held = Array(repeating: 1, count: placement.layers.count)
    for (stage, parts) in partsOfStage.enumerated() {
      let stored = try parts.map { try StageActivations(stored: $0, share, cost).peakBytes }
      let all = try stored.reduce(Bytes.zero) { try $0 + Bytes($1) }.count
      let free = try (budget - Bytes(fixed[stage].always) - Bytes(fixed[stage].logits)).count
      for (part, bytes) in zip(parts, stored) {
        // Rounded down: shares never add up to more than there is.
        let own = all <= free ? free : Int(Double(free) * (Double(bytes) / Double(all)) * (1 - 1e-9))
        rooms[part.index] = min(rooms[part.index], own)
        held[part.index] = max(held[part.index], part.inFlight)
      }
    }
    let choices = try placement.layers.indices.map { part in
      let stage = Stage(
        part, of: placement.layers.count, layers: placement.layers[part], inFlight: held[part], cost: cost)
      // Logits are off the room already.
      return try cost.setup.streamRecompute.choose(
        stored: try StageActivations(stored: stage, share, cost), isAlike: cost.setup.layerRecompute != .full,
        problem: { try StageActivations.problem(stage, share, cost) }, work: { try pieces.work(stage, cost) },
        streams: cost.connection.streams, decoderLayers: stage.decoderLayers(cost), room: rooms[part], logits: 0)
    }
    return try partsOfStage.enumerated().map { stage, parts in
      try planStage(
        stage, parts, choices, fixed[stage], share, cost, placement, order.stages[stage])
    }
  }

  private func planStage(
    _ index: Int, _ parts: [Stage], _ choices: [StageActivations], _ fixed: FixedMemory, _ share: DeviceShare,
    _ cost: ModelCost, _ placement: Placement, _ passes: [PassOrder.Pass]
  ) throws -> StagePlan {
    let own = try parts.map { try ChunkSizes($0, choices[$0.index].segments, share, cost) }
    // With all that it could ever hold in range, no sum of the walk can overflow.
    var most = Bytes(fixed.logits)
    for (part, size) in zip(parts, own) {
      try most += (part.inFlight + 1) * (Bytes(size.kept) + Bytes(size.pending))
      for segment in size.segments { try most += Bytes(segment.transient) }
    }
    let moment = PeakMoment(passes, own, logits: parts.map { $0.isLast ? fixed.logits : 0 })
    let chunks = parts.map { part in
      ChunkPlan(
        part: part.index, layers: placement.layers[part.index], residualLayers: part.layers, inFlight: part.inFlight,
        segments: choices[part.index].segments)
    }
    let before = chunks[..<moment.chunk].reduce(0) { $0 + $1.segments.count }
    return StagePlan(
      index: index, chunks: chunks, inFlight: parts.reduce(0) { $0 + $1.inFlight },
      isProvenBest: parts.allSatisfy {
        choices[$0.index].segments.count == 1 && choices[$0.index].segments[0].kind == .stored
      },
      peakSegment: before + (moment.segment ?? 0), peaksAtLoss: moment.segment == nil,
      peak: try Bytes(fixed.always) + Bytes(moment.bytes), fixed: Bytes(fixed.always), moment: moment)
  }
}
