/// A size that the formulas are written in.
///
/// This list is the project's table of notation: the letter is what a formula prints, the meaning is what
/// `--explain` prints beside its value. The paper's letters are used wherever the paper has one.
public enum Symbol: UInt8, CaseIterable, Hashable, Sendable {
  // MARK: Connection (mHC paper §3, §4)
  case streams, streamsFactorial, streamsLog2, sinkhornIterations, channels
  // MARK: Batch
  case tokens, sequence, microbatch
  // MARK: Attention
  case heads, keyValueHeads, headDimension, valueDimension, ropeDimension, noPositionDimension
  case queryRank, keyValueRank, outputGroups, outputRank
  case attendedPairs, compressionRatio, compressedLength
  case indexHeads, indexDimension, indexedPairs, indexPicks, compressedChannels, compressedIndexChannels
  // MARK: Feed-forward
  case intermediate, expertIntermediate, sharedIntermediate, routedExperts, activeExperts, sharedExperts
  // MARK: Whole model
  case vocabulary, layers, predictionDepth
  // MARK: Plan: parameters on one device
  case heldWeights, heldExpertWeights, connectionWeights
  case heldGradients, heldExpertGradients, connectionGradients
  case matrixStates, otherStates, connectionStates
  case weightBytes, gradientBytes, matrixStateBytes, otherStateBytes
  // MARK: Plan: activations on one device
  case otherInFlight, stageLayers, layersNow, layerBytes, layerBytesNow, storedLayerBytes, storedLayerBytesNow
  case heldStreams, heldStreamsNow, storedLayers, storedLayersNow, blockLayers, innerBlockLayers, blockLayerBytes
  case streamBytes, activationBytes, transientBytes, coefficientBytes, outputsKept
  case logitCopies, logitTokens, localVocabulary, logitBytes, headBytes, boundaryStreams, workspaceBytes, gatheredBytes
}

extension Symbol: Comparable {
  /// The order of the table of notation.
  public static func < (left: Symbol, right: Symbol) -> Bool { left.rawValue < right.rawValue }
}

extension Symbol {
  /// The letter that formulas print.
  public var letter: String { Self.notation[Int(rawValue)].letter }

  /// What the letter stands for.
  public var meaning: String { Self.notation[Int(rawValue)].meaning }

  /// Whether a formula is grouped by this symbol: `(5n+1)C`, not `5nC + C`.
  public var isLarge: Bool {
    switch self {
    case .streams, .streamsFactorial, .streamsLog2, .sinkhornIterations: false
    // Counts of a plan stand before the sizes that they multiply.
    case .otherInFlight, .stageLayers, .layersNow, .heldStreams, .heldStreamsNow, .storedLayers, .storedLayersNow,
      .blockLayers, .innerBlockLayers, .boundaryStreams, .heldWeights, .heldExpertWeights, .heldGradients,
      .heldExpertGradients:
      false
    default: true
    }
  }

  private static let notation: [(letter: String, meaning: String)] = allCases.map { symbol in
    switch symbol {
    case .streams: ("n", "residual streams")
    case .streamsFactorial: ("n!", "permutations of the streams")
    case .streamsLog2: ("log₂n", "2×2 factors of the stream mixing matrix")
    case .sinkhornIterations: ("t", "Sinkhorn-Knopp iterations")
    case .channels: ("C", "channels of one stream (hidden size)")
    case .tokens: ("T", "tokens of a microbatch on one device")
    case .sequence: ("S", "tokens of a sequence")
    case .microbatch: ("B", "sequences of a microbatch")
    case .heads: ("h", "query heads")
    case .keyValueHeads: ("h_kv", "key and value heads")
    case .headDimension: ("d_h", "channels of a query and key head")
    case .valueDimension: ("d_v", "channels of a value head")
    case .ropeDimension: ("d_r", "channels of a head that carry rotary positions")
    case .noPositionDimension: ("d_n", "channels of a head without positions")
    case .queryRank: ("r_q", "rank of the query projection")
    case .keyValueRank: ("r_kv", "rank of the joint key and value projection")
    case .outputGroups: ("g_o", "groups of the output projection")
    case .outputRank: ("r_o", "rank of each group of the output projection")
    case .attendedPairs: ("A", "query-key pairs attended in one sequence")
    case .compressionRatio: ("m", "tokens compressed into one key-value entry")
    case .compressedLength: ("S_c", "compressed key-value entries of a sequence")
    case .indexHeads: ("h_i", "heads of the indexer")
    case .indexDimension: ("d_i", "channels of an indexer head")
    case .indexedPairs: ("A_i", "query-key pairs scored by the indexer in one sequence")
    case .indexPicks: ("k_i", "compressed entries that the indexer picks for a query")
    case .compressedChannels: ("d_c", "channels of compressed entries a token (d_h/m rounded up)")
    case .compressedIndexChannels: ("d_ci", "channels of compressed indexer keys a token (d_i/m rounded up)")
    case .intermediate: ("I", "hidden channels of a dense feed-forward")
    case .expertIntermediate: ("I_e", "hidden channels of one routed expert")
    case .sharedIntermediate: ("I_s", "hidden channels of one shared expert")
    case .routedExperts: ("E", "routed experts")
    case .activeExperts: ("k", "routed experts active for a token")
    case .sharedExperts: ("E_s", "shared experts")
    case .vocabulary: ("V", "vocabulary")
    case .layers: ("L", "residual layers (two a Transformer layer)")
    case .predictionDepth: ("D", "multi-token-prediction modules")
    case .heldWeights: ("P_w", "weights held, routed experts and connections apart")
    case .heldExpertWeights: ("P_we", "weights of routed experts held")
    case .connectionWeights: ("P_wc", "weights of connections held, fp32")
    case .heldGradients: ("P_g", "gradients held, routed experts and connections apart")
    case .heldExpertGradients: ("P_ge", "gradients of routed experts held")
    case .connectionGradients: ("P_gc", "gradients of connections held, fp32")
    case .matrixStates: ("P_m", "parameters in matrices whose optimizer state is held")
    case .otherStates: ("P_v", "other parameters whose optimizer state is held")
    case .connectionStates: ("P_oc", "parameters of connections whose optimizer state is held, two fp32 moments")
    case .weightBytes: ("b_w", "bytes of a weight")
    case .gradientBytes: ("b_g", "bytes of a gradient")
    case .matrixStateBytes: ("b_m", "bytes of optimizer state of a parameter in a matrix")
    case .otherStateBytes: ("b_v", "bytes of optimizer state of another parameter")
    case .otherInFlight: ("(M-1)", "microbatches in flight besides the one in its backward pass")
    case .stageLayers: ("l", "residual layers of the stage")
    case .layersNow: ("l'", "residual layers whose backward pass is still to come at the peak")
    case .layerBytes: ("A", "bytes that the stage's layer functions keep for one microbatch")
    case .layerBytesNow: ("A'", "the same, of the layers still to come")
    case .storedLayerBytes: ("A_q", "bytes that stored layers keep where the others' layer functions run again")
    case .storedLayerBytesNow: ("A_q'", "the same, of the layers still to come")
    case .heldStreams: ("N", "streams held for one microbatch: block inputs, and inputs of stored layers")
    case .heldStreamsNow: ("N'", "the same, of the layers still to come")
    case .storedLayers: ("q", "layers stored instead of recomputed")
    case .storedLayersNow: ("q'", "the same, of the layers still to come")
    case .blockLayers: ("s", "residual layers of the block that is being recomputed")
    case .innerBlockLayers: ("(s-1)", "its layers whose streams are made again, all but the first")
    case .blockLayerBytes: ("A_b", "bytes of its layer functions that are made again")
    case .streamBytes: ("b_x", "bytes of a stream element")
    case .activationBytes: ("b_a", "bytes of an activation element")
    case .transientBytes: ("x", "bytes a token that a layer needs besides its streams: layer input and its norm")
    case .coefficientBytes: ("κ", "bytes a token of a layer's coefficients")
    case .outputsKept: ("o", "layer outputs kept a layer")
    case .logitCopies: ("(D+1)", "heads whose logits are alive at once")
    case .logitTokens: ("T_c", "tokens of a microbatch after context parallelism")
    case .localVocabulary: ("V_t", "vocabulary rows on one device")
    case .logitBytes: ("b_l", "bytes kept a logit")
    case .headBytes: ("Y", "bytes that the output head keeps until the loss is behind")
    case .boundaryStreams: ("n_b", "stream gradients and boundary messages alive at once")
    case .workspaceBytes: ("W", "bytes of gradients inside the largest layer function")
    case .gatheredBytes: ("G", "bytes of layer weights gathered from other devices")
    }
  }
}
