public import CostModel
public import Quantities

/// The memory of one device of a stage at the stage's peak, part by part.
public struct StageMemory: Sendable {
  /// The sizes that the parts are evaluated at.
  public let sizes: SymbolValues
  /// Bytes of each part.
  public let parts: [MemoryPart: Bytes]
  /// The peak: the sum of the parts.
  public let total: Bytes

  /// Bytes of one part.
  public func bytes(_ part: MemoryPart) -> Bytes { parts[part] ?? .zero }

  init(_ sizes: SymbolValues) throws(OverflowError) {
    var parts: [MemoryPart: Bytes] = [:]
    var total = Bytes.zero
    for part in MemoryPart.allCases {
      let bytes = Bytes(try part.formula.evaluate(at: sizes))
      parts[part] = bytes
      try total += bytes
    }
    self.sizes = sizes
    self.parts = parts
    self.total = total
  }
}

extension Planner {
  /// The memory of one stage of a plan, part by part.
  ///
  /// - Parameters:
  ///   - plan: one stage of a plan that this planner made.
  ///   - layout: the plan's layout.
  /// - Returns: the parts at the stage's peak; their sum is the stage's `peak`.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func memory(of plan: StagePlan, in layout: Layout) throws -> StageMemory {
    let share = try DeviceShare(layout, cost)
    let parts = plan.parts(layout, cost)
    var sizes = share.sizes(cost)
    _ = try FixedMemory(parts, share, cost, sizes: &sizes)
    if let moment = plan.moment {
      StageActivations.setSizes(&sizes, plan.chunks, parts, at: moment, share, cost)
    } else {
      StageActivations.setSizes(
        &sizes, plan.segments, peakSegment: plan.peakSegment, atLoss: plan.peaksAtLoss, parts[0], share, cost)
    }
    // Logits are gone before the first block is made again, so the two peaks never meet; but in a pair of passes.
    if !(plan.moment?.hasLogits ?? plan.peaksAtLoss) {
      sizes[.logitCopies] = 0
      sizes[.headBytes] = 0
    }
    return try StageMemory(sizes)
  }
}

/// The part of a stage's memory that does not depend on what is recomputed: parameters, logits and buffers.
struct FixedMemory: Sendable {
  /// Logits and what the output head keeps, alive at the loss.
  let logits: Int
  /// Everything else that is fixed, alive always.
  let always: Int

  /// Sets the symbols of all fixed parts in `sizes` and adds the parts up.
  init(
    _ parts: [Stage], _ share: DeviceShare, _ cost: ModelCost, sizes: inout SymbolValues
  ) throws(OverflowError) {
    let setup = cost.setup
    try StageParameters(parts, share, cost).setSizes(&sizes, share, setup.zeroStage)
    var workspace = 0
    for kind in share.kinds.indices where parts.contains(where: { cost.count(of: kind, in: $0.range) > 0 }) {
      let one = share.kinds[kind]
      // Gradients of what the function keeps, and what it makes again for itself.
      workspace = max(workspace, try (Bytes(one.kept) + Bytes(one.remade)).count)
    }
    sizes[.workspaceBytes] = workspace
    sizes[.gatheredBytes] = try Self.gatheredBytes(parts, share, cost)
    always = try MemoryPart.fixedSum.evaluate(at: sizes)
    guard parts.contains(where: \.isLast) else {
      sizes[.logitCopies] = 0
      sizes[.headBytes] = 0
      logits = 0
      return
    }
    sizes[.logitCopies] = 1 + cost.model.predictionModules.count
    sizes[.headBytes] = try cost.ends.kept.bytes(tokens: share.contextTokens, layout: share.layout)
    logits = try MemoryPart.logits.formula.evaluate(at: sizes)
  }

  /// With weights sharded, the part at work and the next one are there whole.
  ///
  /// Two layer functions, or one of them and the embedding or the output head, which is larger in many models.
  private static func gatheredBytes(
    _ parts: [Stage], _ share: DeviceShare, _ cost: ModelCost
  ) throws(OverflowError) -> Int {
    guard cost.setup.zeroStage == .weights, max(share.dataShards, share.expertShards) > 1 else { return 0 }
    var function = Elements.zero
    for kind in share.kinds.indices where parts.contains(where: { cost.count(of: kind, in: $0.range) > 0 }) {
      function = max(function, try share.kinds[kind].parameters.total)
    }
    var next = function
    if parts.contains(where: \.isFirst) { next = max(next, try share.front.total) }
    if parts.contains(where: \.isLast) { next = max(next, try share.back.total) }
    return try product("gathered weights", (function + next).count, cost.setup.weightFormat.bits / 8)
  }
}

extension DeviceShare {
  /// The sizes that all stages share.
  func sizes(_ cost: ModelCost) -> SymbolValues {
    let setup = cost.setup
    var sizes = cost.connection.sizes
    sizes[.tokens] = tokens
    sizes[.streamBytes] = setup.precision.stream.bits / 8
    sizes[.activationBytes] = setup.precision.activation.bits / 8
    sizes[.transientBytes] = cost.connection.transientBytes
    sizes[.coefficientBytes] = cost.connection.coefficientBytes
    sizes[.outputsKept] = setup.layerRecompute == .full ? 0 : cost.connection.outputsKept
    sizes[.logitTokens] = contextTokens
    sizes[.localVocabulary] = (cost.model.vocabulary + layout.tensor - 1) / layout.tensor
    sizes[.logitBytes] = 6
    // The gradients of a layer's input and output streams, and two messages at the stage's boundaries.
    sizes[.boundaryStreams] = 2 + (layout.pipeline > 1 ? 2 : 0)
    let master = setup.weightFormat == .float32 ? 0 : 4
    sizes[.weightBytes] = setup.weightFormat.bits / 8
    sizes[.gradientBytes] = setup.gradientFormat.bits / 8
    sizes[.matrixStateBytes] = master + setup.optimizer.momentBytes(isMatrix: true)
    sizes[.otherStateBytes] = master + setup.optimizer.momentBytes(isMatrix: false)
    return sizes
  }
}
