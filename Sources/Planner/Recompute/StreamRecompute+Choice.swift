import CostModel

extension StreamRecompute {
  /// The segments of a stage under this policy.
  ///
  /// - Parameters:
  ///   - problem: the stage.
  ///   - work: what recomputing costs.
  ///   - streams: n, for the paper's rule.
  ///   - room: the most the stage's activations may hold.
  ///   - atLoss: bytes alive besides, when the last layer has ended.
  /// - Returns: the stage, recomputed.
  /// - Throws: `RecomputeProblemError` or `OverflowError`, for sizes that the caller has checked.
  func choose(
    _ problem: RecomputeProblem, work: () throws -> RecomputeWork, streams: Int, room: Int, atLoss: Int
  ) throws -> StageActivations {
    let layers = problem.layers
    func blocks(of size: Int) -> [RecomputeSegment] {
      stride(from: 0, to: layers, by: max(size, 1)).map { RecomputeSegment(.recomputed, layers: min(size, layers - $0)) }
    }
    let stored = [RecomputeSegment(.stored, layers: layers)]
    switch self {
    case .stored:
      return try StageActivations(problem, stored, isProvenBest: true)
    case .paper:
      let rule = try Equation20(layers: layers, streams: streams)
      return try StageActivations(problem, blocks(of: rule.minimisers[0]), isProvenBest: true)
    case .blocks(let size):
      return try StageActivations(problem, blocks(of: size), isProvenBest: true)
    case .uniform:
      return try StageActivations(
        problem, blocks(of: problem.bestUniformBlock()?.blockLayers ?? layers), isProvenBest: true)
    case .uneven:
      return try StageActivations(problem, problem.bestUnevenBlocks().segments, isProvenBest: true)
    case .auto:
      let kept = try StageActivations(problem, stored, isProvenBest: true)
      if kept.fits(room, atLoss: atLoss) { return kept }
      for budget in [room, room - atLoss] {
        guard budget > 0, let choice = try problem.leastWork(try work(), within: budget) else { continue }
        let activations = try StageActivations(problem, choice.segments, isProvenBest: choice.isProvenBest)
        if activations.fits(room, atLoss: atLoss) { return activations }
      }
      return try StageActivations(problem, problem.bestUnevenBlocks().segments, isProvenBest: true)
    }
  }
}

extension StageActivations {
  /// Whether both peaks, at the loss and in the backward pass, stay within `room`.
  func fits(_ room: Int, atLoss: Int) -> Bool { peakBytes <= room && heldBytes <= room - atLoss }
}
