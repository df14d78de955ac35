import CostModel

extension StreamRecompute {
  /// The segments of a stage under this policy.
  ///
  /// - Parameters:
  ///   - stored: the stage with nothing recomputed.
  ///   - isAlike: whether the layers differ only in what they keep, which makes the exact search quick.
  ///   - problem: the stage's sizes.
  ///   - work: what recomputing costs.
  ///   - streams: n, for the paper's rule.
  ///   - decoderLayers: how many of the stage's layers, from its front, are no prediction module's.
  ///   - room: the most the stage's activations may hold.
  ///   - logits: bytes alive besides, when the last layer has ended.
  /// - Returns: the stage, recomputed.
  /// - Throws: `RecomputeProblemError` or `OverflowError`, for sizes that the caller has checked.
  func choose(
    stored: StageActivations, isAlike: Bool, problem: () throws -> RecomputeProblem, work: () throws -> RecomputeWork,
    streams: Int, decoderLayers: Int,
    room: Int, logits: Int
  ) throws -> StageActivations {
    func blocks(of size: Int, _ problem: RecomputeProblem, first: Int = .max) throws -> StageActivations {
      let layers = min(first, problem.layers)
      let starts = stride(from: 0, to: layers, by: max(size, 1))
      let rest = problem.layers - layers
      return try StageActivations(
        problem,
        starts.map { RecomputeSegment(.recomputed, layers: min(size, layers - $0)) }
          + (rest > 0 ? [RecomputeSegment(.stored, layers: rest)] : []), isProvenBest: true)
    }
    switch self {
    case .stored: return stored
    case .auto where stored.fits(room, logits: logits): return stored
    default: break
    }
    let problem = try problem()
    switch self {
    case .paper: return try blocks(of: Equation20(layers: problem.layers, streams: streams).minimisers[0], problem)
    case .blocks(let size): return try blocks(of: size, problem)
    case .leading(let count, let size):
      let (layers, overflow) = count.multipliedReportingOverflow(by: size)
      return try blocks(of: size, problem, first: overflow ? decoderLayers : max(0, min(layers, decoderLayers)))
    case .uniform:
      return try blocks(of: problem.bestUniformBlock(logits: logits)?.blockLayers ?? problem.layers, problem)
    case .uneven, .auto, .stored: break
    }
    let lowest = problem.bestUnevenBlocks(logits: logits)
    let uneven = try StageActivations(problem, lowest.segments, isProvenBest: true)
    // Where not even the lowest peak fits there is nothing to search.
    guard self == .auto, uneven.fits(room, logits: logits) else { return uneven }
    if isAlike, problem.layers <= Self.longestExactSearch {
      for budget in [room, room - logits] {
        guard let choice = try problem.leastWork(try work(), within: budget) else { continue }
        let activations = try StageActivations(problem, choice.segments, isProvenBest: choice.isProvenBest)
        if activations.fits(room, logits: logits) { return activations }
      }
    } else if let choice = try problem.fewestLeadingLayers(fits: { $0.fits(room, logits: logits) }) {
      return choice
    }
    // It fits, and whether less work would too was not found out.
    return try StageActivations(problem, lowest.segments, isProvenBest: false)
  }
}

extension StreamRecompute {
  /// Residual layers of a stage that are searched exactly; the search takes the square of them.
  private static let longestExactSearch = 512
}

extension StageActivations {
  /// Whether both peaks, at the loss and in the backward pass, stay within `room`.
  func fits(_ room: Int, logits: Int) -> Bool { peakBytes <= room && heldBytes <= room - logits }
}
