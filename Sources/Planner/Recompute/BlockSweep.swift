/// One front-to-back sweep over a stage that makes every block as long as a limit allows.
///
/// Block b, of layers i+1…j, holds `σ(b−1) + S_j − Tᵢ` when its turn comes: more when it ends later, less when it
/// starts later, more when more blocks stand before it. The longest first block therefore leaves the most room to all
/// that follow, and so does the longest second one after it: no partition under the limit gets further in as many
/// blocks.
struct BlockSweep {
  /// T_0…T_L.
  let held: UnsafeBufferPointer<Int>
  /// S_0…S_L.
  let alive: UnsafeBufferPointer<Int>
  /// σ.
  let streamSize: Int

  /// What one sweep found.
  struct Outcome {
    /// Whether the blocks cover the stage.
    var coversStage: Bool
    /// How many there are.
    var blocks: Int
    /// The most that any of them holds.
    var peak: Int
    /// The least limit under which a block could have been longer.
    ///
    /// Where the stage is not covered, any lower limit gives the same blocks and fails as well.
    var nextLimit: Int
  }

  /// Sweeps under `limit` with at most `maximumBlocks` blocks, handing each block's last layer to `emit`.
  /// - Complexity: O(B log L) for B blocks.
  func sweep(limit: Int, maximumBlocks: Int, emit: (Int) -> Void = { _ in }) -> Outcome {
    let layers = held.count - 1
    var outcome = Outcome(coversStage: layers == 0, blocks: 0, peak: 0, nextLimit: .max)
    var (first, inputs) = (0, 0)
    while first < layers, outcome.blocks < maximumBlocks {
      let base = inputs - held[first]
      let last = lastLayer(from: first, holding: base, under: limit)
      if last < layers { outcome.nextLimit = min(outcome.nextLimit, base + alive[last + 1]) }
      if last == first { return outcome }
      outcome.peak = max(outcome.peak, base + alive[last])
      outcome.blocks += 1
      emit(last)
      inputs += streamSize
      first = last
    }
    outcome.coversStage = first == layers
    return outcome
  }

  /// The last layer j with `base + S_j` no larger than the limit; `first` where there is none after it.
  private func lastLayer(from first: Int, holding base: Int, under limit: Int) -> Int {
    var (low, high) = (first, held.count - 1)
    while low < high {
      let middle = (low + high + 1) / 2
      if base + alive[middle] <= limit { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
