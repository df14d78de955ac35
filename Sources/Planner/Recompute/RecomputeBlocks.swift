public import CostModel

/// Every layer recomputed, in blocks.
public struct RecomputeBlocks: Hashable, Sendable {
  /// Layers of each block, front to back.
  public var blocks: [Int]
  /// The most that the stage holds, in the problem's unit.
  public var peak: Int

  /// Blocks that peak at `peak`.
  public init(blocks: [Int], peak: Int) {
    self.blocks = blocks
    self.peak = peak
  }

  /// The blocks as segments of the stage.
  public var segments: [RecomputeSegment] { blocks.map { RecomputeSegment(.recomputed, layers: $0) } }
}
