public import CostModel
import Quantities

/// The memory of one device of a stage at the stage's peak: the parts and their sum.
public struct StageMemory: Sendable {
  /// The sizes that the parts are evaluated at.
  public let sizes: SymbolValues
  /// Bytes of each part, in the order of `MemoryPart.allCases`.
  public let parts: [Int]
  /// The sum of the parts.
  public let totalBytes: Int
  /// Whether the peak is at the loss, with the logits alive, and not in the backward pass.
  public let isAtLoss: Bool

  /// Bytes of one part.
  public func bytes(_ part: MemoryPart) -> Int {
    for (index, candidate) in MemoryPart.allCases.enumerated() where candidate == part { return parts[index] }
    return 0
  }

  /// The memory with the sizes of parameters and buffers set, and the activations chosen.
  init(
    _ fixed: SymbolValues, _ activations: StageActivations, _ stage: Stage, _ share: DeviceShare, _ cost: ModelCost
  ) throws(OverflowError) {
    // Logits are gone before the first block is made again, so the two peaks never meet.
    let logits = stage.isLast ? try MemoryPart.logits.formula.evaluate(at: fixed) : 0
    let atLoss = try Bytes(activations.heldBytes) + Bytes(logits)
    isAtLoss = atLoss.count > activations.peakBytes
    var sizes = fixed
    activations.setSizes(&sizes, stage, share, cost, atLoss: isAtLoss)
    if !isAtLoss {
      sizes[.logitCopies] = 0
      sizes[.headBytes] = 0
    }
    var parts: [Int] = []
    parts.reserveCapacity(MemoryPart.allCases.count)
    var total = Bytes.zero
    for part in MemoryPart.allCases {
      let bytes = try part.formula.evaluate(at: sizes)
      parts.append(bytes)
      try total += Bytes(bytes)
    }
    self.sizes = sizes
    self.parts = parts
    totalBytes = total.count
  }
}

extension StageMemory {
  /// The sizes that do not depend on what is recomputed: parameters, logits and buffers.
  static func fixedSizes(
    _ stage: Stage, _ share: DeviceShare, _ cost: ModelCost
  ) throws(OverflowError) -> SymbolValues {
    let (setup, layout) = (cost.setup, share.layout)
    var sizes = SymbolValues(
      streams: cost.connection.streams, channels: cost.model.channels,
      sinkhornIterations: cost.model.sinkhornIterations)
    try StageParameters(stage, layout, cost).setSizes(&sizes, layout, setup)
    sizes[.tokens] = share.tokens
    sizes[.streamBytes] = setup.precision.stream.bits / 8
    sizes[.activationBytes] = setup.precision.activation.bits / 8
    sizes[.transientBytes] = cost.connection.transientBytes
    sizes[.coefficientBytes] = cost.connection.coefficientBytes
    sizes[.outputsKept] = setup.layerRecompute == .full ? 0 : cost.connection.outputsKept
    sizes[.logitCopies] = stage.isLast ? 1 + cost.model.predictionModules.count : 0
    sizes[.logitTokens] = share.contextTokens
    sizes[.localVocabulary] = (cost.model.vocabulary + layout.tensor - 1) / layout.tensor
    sizes[.logitBytes] = 6
    sizes[.headBytes] = stage.isLast ? try cost.ends.kept.bytes(tokens: share.contextTokens, layout: layout) : 0
    // The gradients of a layer's input and output streams, and two messages each way at the stage's boundaries.
    sizes[.boundaryStreams] = 2 + (layout.pipeline > 1 ? 2 : 0)
    sizes[.workspaceBytes] = try largestWorkspace(stage, share)
    sizes[.gatheredBytes] = try gatheredBytes(stage, layout, cost)
    return sizes
  }

  /// Gradients of what the largest layer function keeps, and what it makes again for itself.
  private static func largestWorkspace(_ stage: Stage, _ share: DeviceShare) throws(OverflowError) -> Int {
    var largest = 0
    for (kind, count) in stage.kindCounts.enumerated() where count > 0 {
      largest = max(largest, try (Bytes(share.keptBytes[kind]) + Bytes(share.remadeBytes[kind])).count)
    }
    return largest
  }

  /// With weights sharded, the layer at work and the next one are there whole.
  private static func gatheredBytes(
    _ stage: Stage, _ layout: Layout, _ cost: ModelCost
  ) throws(OverflowError) -> Int {
    guard cost.setup.zeroStage == .weights else { return 0 }
    var largest = 0
    for (kind, count) in stage.kindCounts.enumerated() where count > 0 {
      var whole = Elements.zero
      for row in cost.kinds[kind].parameters {
        let shards = row.sharding == .tensor ? layout.tensor : row.sharding == .expert ? layout.expert : 1
        try whole += Elements((row.count + shards - 1) / shards)
      }
      largest = max(largest, whole.count)
    }
    return try product("gathered weights", 2, largest, cost.setup.weightFormat.bits / 8)
  }
}
