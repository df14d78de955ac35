public import CostModel
import Quantities

/// The memory of one device of a stage at the stage's peak.
public struct StageMemory: Sendable {
  /// The sizes that the parts are evaluated at.
  public let sizes: SymbolValues
  /// The sum of the parts.
  public let totalBytes: Int
  /// Whether the peak is at the loss, with the logits alive, and not in the backward pass.
  public let isAtLoss: Bool

  /// Bytes of one part.
  /// - Throws: `OverflowError`, for sizes that are not this memory's own.
  public func bytes(_ part: MemoryPart) throws -> Int { try part.formula.evaluate(at: sizes) }

  /// The memory with the sizes of parameters and buffers set, and the activations chosen.
  init(
    _ fixed: FixedMemory, _ activations: StageActivations, _ stage: Stage, _ share: DeviceShare, _ cost: ModelCost
  ) throws(OverflowError) {
    // Logits are gone before the first block is made again, so the two peaks never meet.
    let atLoss = try Bytes(activations.heldBytes) + Bytes(fixed.logits)
    isAtLoss = atLoss.count > activations.peakBytes
    var sizes = fixed.sizes
    activations.setSizes(&sizes, stage, share, cost, atLoss: isAtLoss)
    if !isAtLoss {
      sizes[.logitCopies] = 0
      sizes[.headBytes] = 0
    }
    self.sizes = sizes
    totalBytes = try MemoryPart.sum.evaluate(at: sizes)
  }
}

/// The part of a stage's memory that does not depend on what is recomputed: parameters, logits and buffers.
struct FixedMemory: Sendable {
  let sizes: SymbolValues
  /// Logits and what the output head keeps, alive at the loss.
  let logits: Int
  /// Everything else that is fixed, alive always.
  let always: Int

  init(_ stage: Stage, _ share: DeviceShare, _ cost: ModelCost) throws(OverflowError) {
    let (setup, layout) = (cost.setup, share.layout)
    var sizes = cost.connection.sizes
    try StageParameters(stage, share, cost).setSizes(&sizes, layout, setup)
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
    // The gradients of a layer's input and output streams, and two messages at the stage's boundaries.
    sizes[.boundaryStreams] = 2 + (layout.pipeline > 1 ? 2 : 0)
    var (workspace, gathered) = (0, 0)
    for (kind, one) in share.kinds.enumerated() where cost.count(of: kind, in: stage.range) > 0 {
      // Gradients of what the function keeps, and what it makes again for itself.
      workspace = max(workspace, try (Bytes(one.kept) + Bytes(one.remade)).count)
      gathered = max(gathered, try one.parameters.total.count)
    }
    sizes[.workspaceBytes] = workspace
    // With weights sharded, the layer at work and the next one are there whole.
    sizes[.gatheredBytes] =
      setup.zeroStage == .weights ? try product("gathered weights", 2, gathered, setup.weightFormat.bits / 8) : 0
    self.sizes = sizes
    logits = try MemoryPart.logits.formula.evaluate(at: sizes)
    always = try MemoryPart.fixedSum.evaluate(at: sizes)
  }
}
