public import CostModel

extension RecomputeProblem {
  /// The choice of layers to recompute, and of their blocks, that costs least of those that fit a budget.
  ///
  /// A stored layer keeps its streams and transients and is not recomputed. Where all layers have transients and work
  /// of one size, whatever they keep resident, the answer is exact: blocks at the front, stored layers at the end.
  /// Otherwise it is exact as long as the search stays within `labelLimit`. The guide <doc:ChoosingRecomputeBlocks> has
  /// the proofs.
  ///
  /// - Parameters:
  ///   - work: what recomputing costs, for as many layers as the stage has.
  ///   - budget: the most that the stage may hold, in the problem's unit.
  ///   - labelLimit: partial choices kept for each number of layers where the layers differ; at least 2.
  /// - Returns: the choice, of several with the least work one with the lowest peak; nil when nothing fits.
  /// - Throws: `RecomputeProblemError` when the work is for another number of layers.
  /// - Complexity: O(L²) for layers that differ only in what they keep resident; otherwise O(L² · labels²) at worst.
  public func leastWork(
    _ work: RecomputeWork, within budget: Int, labelLimit: Int = 2000
  ) throws -> RecomputeChoice? {
    try check(work)
    guard budget >= 0 else { return nil }
    guard layers > 0 else { return try choice([], work, proven: true) }
    let budget = min(budget, storedPeak)
    if let search = AlikeSearch(self, work) {
      guard let best = search.leastWork(within: budget) else { return nil }
      return try choice(search.segments(of: best), work, proven: true)
    }
    let search = LabelSearch(self, work, budget: budget, limit: labelLimit)
    if let segments = search.leastWork() { return try choice(segments, work, proven: search.isExact) }
    if search.isExact { return nil }
    // With labels dropped the search may miss what fits, but not the blocks with the lowest peak.
    let blocks = bestUnevenBlocks()
    return blocks.peak <= budget ? try choice(blocks.segments, work, proven: false) : nil
  }

  /// Every trade of peak against work that no other choice beats in both.
  ///
  /// - Parameters:
  ///   - work: what recomputing costs, for as many layers as the stage has.
  ///   - labelLimit: partial choices kept for each number of layers where the layers differ; at least 2.
  /// - Returns: the frontier; empty for a stage without layers.
  /// - Throws: `RecomputeProblemError` when the work is for another number of layers.
  /// - Complexity: that of ``leastWork(_:within:labelLimit:)``.
  public func frontier(
    _ work: RecomputeWork, labelLimit: Int = 2000
  ) throws -> RecomputeFrontier {
    try check(work)
    guard layers > 0 else { return RecomputeFrontier(points: [], isProvenBest: true) }
    if let search = AlikeSearch(self, work) {
      return RecomputeFrontier(points: search.frontier(), isProvenBest: true)
    }
    let search = LabelSearch(self, work, budget: storedPeak, limit: labelLimit, keepsPeaks: true)
    let points = search.frontier()
    return RecomputeFrontier(points: points, isProvenBest: search.isExact)
  }

  private func check(_ work: RecomputeWork) throws {
    guard work.layers == layers else { throw RecomputeProblemError.unequalCounts(layers, work.layers) }
  }
}

extension RecomputeProblem {
  private func choice(_ segments: [RecomputeSegment], _ work: RecomputeWork, proven: Bool) throws -> RecomputeChoice {
    RecomputeChoice(
      segments: segments, peak: try peak(of: segments), work: try work.work(of: segments), isProvenBest: proven)
  }
}
