public import CostModel

extension RecomputeProblem {
  /// The blocks, of any sizes, with the lowest peak of all ways to recompute every layer.
  ///
  /// Of several such partitions it is the one with the fewest blocks and, among those, with the longest first block,
  /// then the longest second, and so on. The guide <doc:ChoosingRecomputeBlocks> has the proof.
  ///
  /// - Returns: the blocks and their peak; no blocks for a stage without layers.
  /// - Complexity: O(B log L) a sweep, with about log(peak) sweeps for one microbatch in flight and that many for each
  ///   number of blocks worth trying for more; B is of the order of √L for layers of one size.
  public func bestUnevenBlocks() -> RecomputeBlocks { bestUnevenBlocks(maximumBlocks: .max) }

  /// The same with at most so many blocks, for one microbatch in flight; with more the number is not limited.
  func bestUnevenBlocks(maximumBlocks: Int) -> RecomputeBlocks {
    guard layers > 0 else { return RecomputeBlocks(blocks: [], peak: 0) }
    return heldSums.withUnsafeBufferPointer { held in
      aliveSums.withUnsafeBufferPointer { alive in
        let sweep = BlockSweep(held: held, alive: alive, streamSize: streamSize)
        let best =
          inFlight == 1
          ? sweep.lowestPeak(maximumBlocks: maximumBlocks) : sweep.lowestPeak(weight: (inFlight - 1) * streamSize)
        var blocks: [Int] = []
        blocks.reserveCapacity(best.blocks)
        var first = 0
        _ = sweep.sweep(limit: best.peak, maximumBlocks: best.blocks) { last in
          blocks.append(last - first)
          first = last
        }
        let others = (inFlight - 1) * (streamSize * best.blocks + residentTotal)
        return RecomputeBlocks(blocks: blocks, peak: best.peak + others)
      }
    }
  }
}

extension BlockSweep {
  /// The lowest peak of one microbatch with at most `maximumBlocks` blocks.
  ///
  /// Bisection over the limit that jumps: a sweep that covers the stage lowers the upper end to the peak it reached,
  /// one that does not raises the lower end to the least limit that changes anything. Both ends are then values that
  /// the peak can take, so it ends on the exact one.
  ///
  /// - Parameters:
  ///   - maximumBlocks: at least 1.
  ///   - lower: no partition into that many blocks peaks below it.
  ///   - known: the outcome of a sweep that covers the stage in that many blocks.
  /// - Returns: the outcome with that peak.
  func lowestPeak(maximumBlocks: Int, above lower: Int, known: Outcome) -> Outcome {
    var (low, best) = (lower, known)
    while low < best.peak {
      let outcome = sweep(limit: low + (best.peak - low) / 2, maximumBlocks: maximumBlocks)
      if outcome.coversStage { best = outcome } else { low = outcome.nextLimit }
    }
    return best
  }

  /// The lowest peak of one microbatch.
  func lowestPeak(maximumBlocks: Int = .max) -> Outcome {
    lowestPeak(maximumBlocks: maximumBlocks, above: lowerBound, known: oneBlock)
  }

  /// The outcome with the least `peak + weight × blocks`; of several, the one with the fewest blocks.
  ///
  /// The lowest peak with at most B blocks falls as B grows while the weight rises, so B is raised as long as the
  /// peak that it would need to win is one that some partition has.
  func lowestPeak(weight: Int) -> Outcome {
    var best = oneBlock
    let least = lowestPeak()
    var blocks = 2
    while blocks <= least.blocks {
      // The highest peak with which this many blocks win; already too low for any partition, nothing more is to come.
      let limit = best.peak + weight * (best.blocks - blocks) - 1
      if limit < least.peak { break }
      let outcome = sweep(limit: limit, maximumBlocks: blocks)
      if outcome.coversStage { best = lowestPeak(maximumBlocks: blocks, above: least.peak, known: outcome) }
      blocks += 1
    }
    return best
  }

  /// The whole stage as one block.
  private var oneBlock: Outcome {
    Outcome(coversStage: true, blocks: 1, peak: alive[alive.count - 1], nextLimit: .max)
  }

  /// The last layer's block is there while all layer functions still hold what they keep.
  private var lowerBound: Int {
    let last = alive.count - 1
    return alive[last] - held[last - 1]
  }
}
