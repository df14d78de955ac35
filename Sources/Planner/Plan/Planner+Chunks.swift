import CostModel
import Quantities

// Stages of several chunks, or whose gradients of weights are put off: their memory follows from the order of passes.

extension Planner {
  /// Plans the parts of the model, and each stage's peak from the order of its passes.
  func planChunks(
    _ cost: ModelCost, _ share: DeviceShare, _ pieces: PieceTimes, _ placement: Placement, _ order: PassOrder
  ) throws -> [StagePlan] {
    var sizes = share.sizes(cost)
    let partsOfStage = placement.partsOfStage.indices.map { placement.parts(of: $0, cost) }
    let fixed = try partsOfStage.map { try FixedMemory($0, share, cost, sizes: &sizes) }
    let free = try fixed.map { try (budget - Bytes($0.always) - Bytes($0.logits)).count }
    let parts = try ChunkPart.parts(partsOfStage, free: free, share, cost, pieces)
    var plans = [StagePlan?](repeating: nil, count: partsOfStage.count)
    for group in Self.groups(placement.partsOfStage) {
      let search = ChunkSearch(parts: parts, partsOfStage: group.map { placement.partsOfStage[$0] }, budget: budget) {
        choices in
        try group.map { stage in
          try planStage(
            stage, partsOfStage[stage], choices, fixed[stage], share, cost, placement, order.stages[stage])
        }
      }
      for (stage, plan) in zip(group, try search.best(under: cost.setup.streamRecompute)) { plans[stage] = plan }
    }
    return plans.compactMap(\.self)
  }

  /// Stages that hold a part of the model in common, or by themselves: what one recomputes, the other does too.
  private static func groups(_ partsOfStage: [[Int]]) -> [[Int]] {
    Dictionary(grouping: partsOfStage.indices) { stage in
      partsOfStage.firstIndex { !Set($0).isDisjoint(with: partsOfStage[stage]) } ?? stage
    }.values.sorted { $0[0] < $1[0] }
  }

  private func planStage(
    _ index: Int, _ parts: [Stage], _ choices: [Int: StageActivations], _ fixed: FixedMemory, _ share: DeviceShare,
    _ cost: ModelCost, _ placement: Placement, _ situations: [PassOrder.Situation]
  ) throws -> StagePlan {
    let own = parts.compactMap { choices[$0.index] }
    let sizes = try zip(parts, own).map { try ChunkSizes($0, $1.segments, share, cost) }
    // With all that it could ever hold in range, no sum of the walk can overflow.
    var most = Bytes(fixed.logits)
    for (part, size) in zip(parts, sizes) {
      try most += (part.inFlight + 1) * (Bytes(size.kept) + Bytes(size.pending))
      for segment in size.segments { try most += Bytes(segment.transient) }
    }
    let moment = PeakMoment(situations, sizes, logits: parts.map { $0.isLast ? fixed.logits : 0 })
    let chunks = zip(parts, own).map { part, choice in
      ChunkPlan(
        part: part.index, layers: placement.layers[part.index], residualLayers: part.layers, inFlight: part.inFlight,
        segments: choice.segments)
    }
    let before = chunks[..<moment.chunk].reduce(0) { $0 + $1.segments.count }
    return StagePlan(
      index: index, chunks: chunks, inFlight: parts.reduce(0) { $0 + $1.inFlight },
      isProvenBest: cost.setup.streamRecompute.isGiven
        || own.allSatisfy { $0.segments.count == 1 && $0.segments[0].kind == .stored },
      peakSegment: before + (moment.segment ?? 0), peaksAtLoss: moment.segment == nil,
      peak: try Bytes(fixed.always) + Bytes(moment.bytes), fixed: Bytes(fixed.always), moment: moment)
  }
}
