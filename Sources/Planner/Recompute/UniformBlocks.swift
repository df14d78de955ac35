public import CostModel

/// Every layer recomputed, in blocks of one size; the last may be shorter.
public struct UniformBlock: Hashable, Sendable {
  /// L_r, layers of a block.
  public var blockLayers: Int
  /// The most that the stage holds, in the problem's unit.
  public var peak: Int
}

extension RecomputeProblem {
  /// The peak with blocks of `blockLayers` layers, the last one shorter where they do not divide the stage.
  ///
  /// - Parameters:
  ///   - blockLayers: L_r, at least 1; more than the stage has means one block.
  ///   - logits: what is alive besides as the last layer ends, at least 0.
  /// - Returns: the largest total of the timeline; 0 for a stage without layers.
  /// - Complexity: O(L / L_r).
  public func uniformPeak(blockLayers: Int, logits: Int = 0) -> Int {
    precondition(blockLayers >= 1, "a block of \(blockLayers) layers")
    var (first, inputs, peak) = (0, 0, 0)
    while first < layers {
      let last = first + min(blockLayers, layers - first)
      peak = max(peak, inputs - heldSums[first] + aliveSums[last])
      inputs += streamSize
      first = last
    }
    peak = max(peak, saturatingSum(inputs + residentTotal, logits))
    return saturatingSum(peak, (inFlight - 1) * (inputs + residentTotal))
  }

  /// The single block size with the lowest peak.
  ///
  /// - Parameter logits: what is alive besides as the last layer ends, at least 0.
  /// - Returns: the smallest of such sizes, which remakes the fewest output streams; nil for a stage without layers.
  /// - Complexity: O(L log L).
  public func bestUniformBlock(logits: Int = 0) -> UniformBlock? {
    guard layers > 0 else { return nil }
    var best = UniformBlock(blockLayers: 1, peak: uniformPeak(blockLayers: 1, logits: logits))
    for blockLayers in 2..<(layers + 1) {
      let peak = uniformPeak(blockLayers: blockLayers, logits: logits)
      if peak < best.peak { best = UniformBlock(blockLayers: blockLayers, peak: peak) }
    }
    return best
  }
}
