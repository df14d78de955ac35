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
  // MARK: Plan
  case stageParameters, stageExpertParameters, inFlight, otherInFlight, blocks
  case dataShards, expertDataShards, weightShards, expertWeightShards, gradientShards, expertGradientShards
  case weightBytes, gradientBytes, optimizerBytes, streamBytes, activationBytes, coefficientBytes, logitBytes
  case residentBytes, transientBytes, logitCopies, boundaryBuffers, localVocabulary
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
    case .stageParameters: ("P", "parameters on one device, experts excluded")
    case .stageExpertParameters: ("P_e", "routed-expert parameters on one device")
    case .inFlight: ("M", "microbatches in flight")
    case .otherInFlight: ("(M-1)", "microbatches in flight besides the one in its backward pass")
    case .blocks: ("N_b", "recompute blocks of the stage")
    case .dataShards: ("z_o", "data-parallel shards of the optimizer state")
    case .expertDataShards: ("z_oe", "data-parallel shards of the experts' optimizer state")
    case .weightShards: ("z_w", "data-parallel shards of the weights")
    case .expertWeightShards: ("z_we", "data-parallel shards of the experts' weights")
    case .gradientShards: ("z_g", "data-parallel shards of the gradients")
    case .expertGradientShards: ("z_ge", "data-parallel shards of the experts' gradients")
    case .weightBytes: ("b_w", "bytes of a weight")
    case .gradientBytes: ("b_g", "bytes of a gradient")
    case .optimizerBytes: ("b_o", "bytes of optimizer state a parameter")
    case .streamBytes: ("b_x", "bytes of a stream element")
    case .activationBytes: ("b_a", "bytes of an activation element")
    case .coefficientBytes: ("b_c", "bytes of a coefficient")
    case .logitBytes: ("b_l", "bytes kept a logit")
    case .residentBytes: ("R", "bytes a token that the stage's layer functions keep for the backward pass")
    case .transientBytes: ("X", "bytes a token alive while a block is recomputed")
    case .logitCopies: ("(D+1)", "heads whose logits are kept")
    case .boundaryBuffers: ("n_b", "boundary messages buffered at once")
    case .localVocabulary: ("V_t", "vocabulary rows on one device")
    }
  }
}
