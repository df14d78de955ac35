public import CostModel

/// One part of a device's memory at the peak of a step.
///
/// The peak is the sum of the parts; every part is one formula, which is what is printed and what is computed.
public enum MemoryPart: String, CaseIterable, Hashable, Sendable {
  case weights, gradients, optimizer
  case layerActivations, layerOutputs, streams, layerInputs, coefficients, recomputeTransient
  case logits, buffers

  /// Bytes on one device.
  public var formula: Formula { Self.formulas[order] }

  /// The parts that no recompute changes.
  static let fixedSum = [MemoryPart.weights, .gradients, .optimizer, .buffers].reduce(Formula.zero) { $0 + $1.formula }

  private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// What is in it, in a few words.
  public var title: String {
    switch self {
    case .weights: "weights"
    case .gradients: "gradients"
    case .optimizer: "optimizer state"
    case .layerActivations: "activations of the layer functions"
    case .layerOutputs: "layer outputs (kept for H_post)"
    case .streams: "residual streams"
    case .layerInputs: "layer inputs and their norms, of stored layers"
    case .coefficients: "mixing coefficients"
    case .recomputeTransient: "transient of the block being recomputed"
    case .logits: "logits and output head"
    case .buffers: "gradients and messages in flight"
    }
  }

  /// Where the formula comes from.
  public var source: String {
    switch self {
    case .weights, .gradients: "parameters of the stage, divided as ZeRO (arXiv:1910.02054) §5 divides them"
    case .optimizer: "ZeRO (arXiv:1910.02054) §3.1: moments, and an fp32 copy where weights are stored in less"
    case .layerActivations: "the layer functions' own ledgers, FlashAttention assumed"
    case .layerOutputs, .streams, .layerInputs, .recomputeTransient: "mHC (arXiv:2512.24880) Table 3, §4.3.2"
    case .coefficients: "mHC (arXiv:2512.24880) Eq. (10) to (19): fp32, kept by the released kernels"
    case .logits: "assumption: bf16 logits, and fp32 ones for the loss, whose gradient takes their place"
    case .buffers: "assumption: two stream gradients and two messages a boundary; gradients inside one layer function"
    }
  }

  private static let formulas: [Formula] = allCases.map { part in
    let (n, C, T) = (Formula(.streams), Formula(.channels), Formula(.tokens))
    let others = Formula(.otherInFlight)
    let stream = n * C * T * Formula(.streamBytes)
    return switch part {
    case .weights:
      Formula(.weightBytes) * (Formula(.heldWeights) + Formula(.heldExpertWeights)) + 4 * Formula(.connectionWeights)
    case .gradients:
      Formula(.gradientBytes) * (Formula(.heldGradients) + Formula(.heldExpertGradients))
        + 4 * Formula(.connectionGradients)
    case .optimizer:
      Formula(.matrixStates) * Formula(.matrixStateBytes) + Formula(.otherStates) * Formula(.otherStateBytes)
        + 8 * Formula(.connectionStates)
    case .layerActivations:
      others * (Formula(.layerBytes) + Formula(.storedLayerBytes)) + Formula(.layerBytesNow)
        + Formula(.storedLayerBytesNow)
    case .layerOutputs:
      (others * Formula(.stageLayers) + Formula(.layersNow)) * Formula(.outputsKept) * C * T * Formula(.activationBytes)
    case .streams: (others * Formula(.heldStreams) + Formula(.heldStreamsNow)) * stream
    case .layerInputs:
      (others * Formula(.storedLayers) + Formula(.storedLayersNow)) * Formula(.transientBytes) * T
    case .coefficients:
      (others * Formula(.stageLayers) + Formula(.layersNow)) * Formula(.coefficientBytes) * T
    case .recomputeTransient:
      Formula(.innerBlockLayers) * stream + Formula(.blockLayers) * Formula(.transientBytes) * T
        + Formula(.blockLayerBytes)
    case .logits:
      Formula(.logitCopies) * Formula(.logitTokens) * Formula(.localVocabulary) * Formula(.logitBytes)
        + Formula(.headBytes)
    case .buffers: Formula(.boundaryStreams) * stream + Formula(.workspaceBytes) + Formula(.gatheredBytes)
    }
  }
}
