import CostModel

/// The exact search for a stage whose layers have transients and work of one size, whatever they keep resident.
///
/// There the stored layers may stand at the end of the stage, so a choice is a number m of layers in front, the number
/// B of blocks they are in, and the blocks themselves; the peak of the best blocks for every m and B is a table that
/// fills row by row.
struct AlikeSearch {
  private let problem: RecomputeProblem
  /// τ = σ + x, of every layer.
  private let held: Int
  private let perBlock: Int
  private let perLayer: Int
  private let perInnerLayer: Int
  /// Whether more blocks are no way to save both work and memory.
  private let boundsMoreBlocks: Bool

  /// Nil where the layers differ.
  init?(_ problem: RecomputeProblem, _ work: RecomputeWork) {
    guard let held = Self.step(problem.heldSums), let perLayer = Self.step(work.layerSums),
      let perInnerLayer = Self.step(work.innerSums)
    else { return nil }
    self.problem = problem
    self.held = held
    self.perBlock = work.perBlock
    self.perLayer = perLayer
    self.perInnerLayer = perInnerLayer
    let gain = (perLayer + perInnerLayer).multipliedFullWidth(by: problem.streamSize)
    let loss = max(perInnerLayer - work.perBlock, 0).multipliedFullWidth(by: held)
    boundsMoreBlocks = (gain.high, gain.low) >= (loss.high, loss.low)
  }

  /// A choice, and the peak that one microbatch's blocks have in it.
  struct Best {
    var point: RecomputeFrontier.Point
    var blockPeak: Int
  }

  /// The choice with the least work, of several the one with the lowest peak; nil when nothing fits.
  func leastWork(within budget: Int) -> Best? {
    let stored = Best(point: point(layers: 0, blocks: 0, peak: 0), blockPeak: 0)
    var best: Best?
    if stored.point.peak <= budget {
      if perBlock + perLayer > 0 { return stored }
      // Blocks of one layer cost nothing and hold less.
      best = stored
    }
    forEachRow { blocks, peaks in
      for layers in blocks...problem.layers {
        let point = point(layers: layers, blocks: blocks, peak: peaks[layers])
        guard point.peak <= budget else { continue }
        if let known = best?.point, (known.work, known.peak) <= (point.work, point.peak) { continue }
        best = Best(point: point, blockPeak: peaks[layers])
      }
      return blocks < problem.layers
        && (0..<problem.layers).contains { layers in
          let bound = bound(layers: layers, blocks: blocks + 1)
          guard let known = best?.point, bound.peak <= budget else { return bound.peak <= budget }
          return (bound.work, bound.peak) < (known.work, known.peak)
        }
    }
    return best
  }

  /// Every trade of peak against work that no other beats in both, from the lowest peak on.
  func frontier() -> [RecomputeFrontier.Point] {
    // By rising work, and so by falling peak.
    var front = [point(layers: 0, blocks: 0, peak: 0)]
    forEachRow { blocks, peaks in
      let row = (blocks...problem.layers).lazy.map { point(layers: $0, blocks: blocks, peak: peaks[$0]) }
      front = Self.merge(front, row)
      var known = 0
      return blocks < problem.layers
        && (0..<problem.layers).contains { layers in
          let bound = bound(layers: layers, blocks: blocks + 1)
          while known + 1 < front.count, front[known + 1].work <= bound.work { known += 1 }
          return front[known].peak > bound.peak
        }
    }
    return front.reversed()
  }

  /// The blocks of a choice, and the stored layers behind them.
  ///
  /// From the last block to the first, each is made as long as the peak allows: the fewer layers are left to the
  /// blocks in front of it, the lower they peak. One layer a block is left to them at least.
  func segments(of best: Best) -> [RecomputeSegment] {
    let (point, limit) = (best.point, best.blockPeak)
    var blocks: [Int] = []
    var last = point.recomputedLayers
    for block in stride(from: point.blocks, to: 0, by: -1) {
      let room = limit - problem.streamSize * (block - 1) - resident(last)
      let longest = block == 1 ? last : min(last - (block - 1), held == 0 ? last : room / held)
      blocks.append(longest)
      last -= longest
    }
    let stored = problem.layers - point.recomputedLayers
    return blocks.reversed().map { RecomputeSegment(.recomputed, layers: $0) }
      + (stored > 0 ? [RecomputeSegment(.stored, layers: stored)] : [])
  }

  /// Hands the rows of the table to `body`, from one block on, until it returns false: for B blocks, at each index
  /// m in B…L, the lowest peak of one microbatch over the ways to cut layers 1…m into exactly B blocks.
  ///
  /// ```text
  /// f(m, B) = min over i of max( f(i, B−1), σ(B−1) + R_m + τ(m−i) )
  /// ```
  /// The first term rises with i and the second falls, so the minimum is where they cross, and the crossing moves to
  /// the right as m grows: a row takes O(L).
  private func forEachRow(_ body: (_ blocks: Int, _ peaks: [Int]) -> Bool) {
    let layers = problem.layers
    var row = problem.aliveSums
    var previous = row
    for blocks in 1..<(layers + 1) {
      if blocks > 1 {
        swap(&row, &previous)
        let inputs = problem.streamSize * (blocks - 1)
        var crossing = blocks - 1
        for last in blocks...layers {
          let end = inputs + resident(last)
          while crossing < last - 1, previous[crossing] < end + held * (last - crossing) { crossing += 1 }
          var peak = max(previous[crossing], end + held * (last - crossing))
          if crossing > blocks - 1 { peak = min(peak, end + held * (last - crossing + 1)) }
          row[last] = peak
        }
      }
      if !body(blocks, row) { return }
    }
  }

  /// R_j.
  private func resident(_ layer: Int) -> Int { problem.aliveSums[layer] - problem.heldSums[layer] }

  /// A choice of `layers` layers in `blocks` blocks that peak at `peak`, the layers behind them stored.
  private func point(layers: Int, blocks: Int, peak: Int) -> RecomputeFrontier.Point {
    let holds = problem.streamSize * blocks + held * (problem.layers - layers) + problem.residentTotal
    return RecomputeFrontier.Point(
      peak: max(peak, holds) + (problem.inFlight - 1) * holds,
      work: perBlock * blocks + perLayer * layers + perInnerLayer * (layers - blocks),
      recomputedLayers: layers, blocks: blocks)
  }

  /// What no choice of `blocks` blocks or more can be under: each has, for some number of layers, at least this peak
  /// and at least this work.
  ///
  /// With m layers in B blocks the stage holds M(σB + τ(L−m) + R_L), whatever the blocks, and the work is
  /// pB + am + o(m−B). One block more holds σ more; the choice with one block less and σ/τ layers less in front holds
  /// as much, and has no more work if (a+o)σ ≥ (o−p)τ. So more than `blocks` blocks are bounded by `blocks` of them and
  /// a number of layers between two whole ones: the work is that of the lower, what is held that of the higher.
  /// Where the condition does not hold there is no bound.
  private func bound(layers: Int, blocks: Int) -> (peak: Int, work: Int) {
    guard boundsMoreBlocks else { return (0, 0) }
    let stored = held * (problem.layers - layers - 1) + problem.residentTotal
    let (held, isTooLarge) = stored.addingReportingOverflow(problem.streamSize * blocks)
    let (peak, overflows) = held.multipliedReportingOverflow(by: problem.inFlight)
    let work = perBlock * blocks + perLayer * layers + perInnerLayer * (layers - blocks)
    return (isTooLarge || overflows ? .max : peak, max(work, 0))
  }

  /// The constant difference of neighbouring sums; nil where it is not constant.
  private static func step(_ sums: [Int]) -> Int? {
    let step = sums.count > 1 ? sums[1] : 0
    for index in sums.indices.dropFirst() where sums[index] - sums[index - 1] != step { return nil }
    return step
  }

  /// The points of two lists, both by rising work, that none of either beats.
  private static func merge(
    _ front: [RecomputeFrontier.Point], _ row: some Sequence<RecomputeFrontier.Point>
  ) -> [RecomputeFrontier.Point] {
    var merged: [RecomputeFrontier.Point] = []
    merged.reserveCapacity(front.count + 8)
    func add(_ point: RecomputeFrontier.Point) {
      guard let last = merged.last else { return merged.append(point) }
      if point.peak >= last.peak { return }
      if point.work == last.work { merged[merged.count - 1] = point } else { merged.append(point) }
    }
    var index = 0
    for point in row {
      while index < front.count, front[index].work <= point.work {
        add(front[index])
        index += 1
      }
      add(point)
    }
    for point in front[index...] { add(point) }
    return merged
  }
}
