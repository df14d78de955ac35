public import CostModel

/// Every layer recomputed, in blocks.
public struct RecomputeBlocks: Hashable, Sendable {
  /// Layers of each block, front to back.
  public var blocks: [Int]
  /// The most that the stage holds, in the problem's unit.
  public var peak: Int

  /// The blocks as segments of the stage.
  public var segments: [RecomputeSegment] { blocks.map { RecomputeSegment(.recomputed, layers: $0) } }
}
