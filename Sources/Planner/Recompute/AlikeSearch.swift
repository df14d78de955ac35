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
      // With this many block inputs alone over the budget, more blocks cannot fit.
      return problem.inFlight * (problem.streamSize * blocks + problem.residentTotal) <= budget
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
      return true
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
          let end = inputs + resident(last) + held * last
          while crossing < last - 1, previous[crossing] < end - held * crossing { crossing += 1 }
          var peak = max(previous[crossing], end - held * crossing)
          if crossing > blocks - 1 { peak = min(peak, end - held * (crossing - 1)) }
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
