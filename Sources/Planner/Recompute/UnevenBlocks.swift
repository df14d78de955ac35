public import CostModel

extension RecomputeProblem {
  /// The blocks, of any sizes, with the lowest peak of all ways to recompute every layer.
  ///
  /// Of several such partitions it is the one with the fewest blocks and, among those, with the longest first block,
  /// then the longest second, and so on. The guide <doc:ChoosingRecomputeBlocks> has the proof.
  ///
  /// - Parameter logits: what is alive besides as the last layer ends, and gone before the first block is made again, at
  ///   least 0. The peak is then the higher of the backward pass's and of that moment's: more blocks hold more inputs at
  ///   the loss, while they peak lower afterwards.
  /// - Returns: the blocks and their peak; no blocks for a stage without layers.
  /// - Complexity: O(B log L) a sweep, with about log(peak) sweeps for one microbatch in flight and that many for each
  ///   number of blocks worth trying for more, or with logits; B is of the order of √L for layers of one size.
  public func bestUnevenBlocks(logits: Int = 0) -> RecomputeBlocks {
    guard layers > 0 else { return RecomputeBlocks(blocks: [], peak: 0) }
    return heldSums.withUnsafeBufferPointer { held in
      aliveSums.withUnsafeBufferPointer { alive in
        let sweep = BlockSweep(held: held, alive: alive, streamSize: streamSize)
        let weight = (inFlight - 1) * streamSize
        let best: BlockSweep.Outcome
        if logits > 0 {
          best = sweep.lowestPeak(weight: weight, atLoss: saturatingSum(residentTotal, logits))
        } else {
          best = inFlight == 1 ? sweep.lowestPeak() : sweep.lowestPeak(weight: weight)
        }
        var blocks: [Int] = []
        blocks.reserveCapacity(best.blocks)
        var first = 0
        _ = sweep.sweep(limit: best.peak, maximumBlocks: best.blocks) { last in
          blocks.append(last - first)
          first = last
        }
        let others = (inFlight - 1) * (streamSize * best.blocks + residentTotal)
        return RecomputeBlocks(blocks: blocks, peak: saturatingSum(best.peak, others))
      }
    }
  }
}

/// Both, or the largest number where they are more than that: more than any device has.
func saturatingSum(_ left: Int, _ right: Int) -> Int {
  let (sum, overflow) = left.addingReportingOverflow(right)
  return overflow ? .max : sum
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

  /// The same where a moment with B blocks holds `atLoss + σ B` before the backward pass: the outcome with the least
  /// `max(peak, atLoss + σ × blocks) + weight × blocks`, its peak that maximum.
  ///
  /// As B grows the first term of the maximum falls and the rest rises, so B is raised until the rest alone is too much.
  func lowestPeak(weight: Int, atLoss: Int) -> Outcome {
    func peak(_ outcome: Outcome) -> Int { max(outcome.peak, saturatingSum(atLoss, streamSize * outcome.blocks)) }
    var best = oneBlock
    best.peak = peak(best)
    let least = lowestPeak()
    if weight == 0, peak(least) == least.peak { return least }
    var blocks = 2
    while blocks <= least.blocks {
      let limit = best.peak - weight * (blocks - best.blocks) - 1
      if limit < max(least.peak, saturatingSum(atLoss, streamSize * blocks)) { break }
      var outcome = sweep(limit: limit, maximumBlocks: blocks)
      if outcome.coversStage {
        outcome = lowestPeak(maximumBlocks: blocks, above: least.peak, known: outcome)
        outcome.peak = peak(outcome)
        best = outcome
      }
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
