import CostModel

extension RecomputeProblem {
  /// The fewest leading layers to recompute so that the rest can be stored: a quick search where the exact one is slow.
  ///
  /// The leading layers are in the blocks with the lowest peak of their own. Storing one layer less frees memory, but for
  /// the rounding of blocks, so bisection finds a number of layers that fits while one less does not. Where layers
  /// differ, the exact search may find less work: it takes seconds for a long stage, and a plan makes many.
  ///
  /// - Parameter fits: whether a choice fits.
  /// - Returns: the choice; nil where not even recomputing every layer fits.
  /// - Throws: `RecomputeProblemError`, never for segments made here.
  /// - Complexity: O(log L) searches of blocks.
  func fewestLeadingLayers(fits: (StageActivations) -> Bool) throws -> StageActivations? {
    func choice(_ layers: Int) throws -> StageActivations {
      let blocks = prefix(layers).bestUnevenBlocks().segments
      let rest = self.layers - layers
      return try StageActivations(
        self, rest > 0 ? blocks + [RecomputeSegment(.stored, layers: rest)] : blocks, isProvenBest: false)
    }
    var best = try choice(layers)
    guard fits(best) else { return nil }
    // `tooFew` does not fit or is untried; `enough` fits.
    var (tooFew, enough) = (0, layers)
    while enough - tooFew > 1 {
      let middle = (tooFew + enough) / 2
      let tried = try choice(middle)
      if fits(tried) {
        (best, enough) = (tried, middle)
      } else {
        tooFew = middle
      }
    }
    return best
  }
}
