public import CostModel

/// Which layers of a stage to recompute, and in which blocks.
public struct RecomputeChoice: Hashable, Sendable {
  /// The whole stage, front to back.
  public var segments: [RecomputeSegment]
  /// The most that the stage holds, in the problem's unit.
  public var peak: Int
  /// What recomputing costs, in the work's unit.
  public var work: Int
  /// Whether no choice with this peak or a lower one costs less; false where the search was cut short, and a better
  /// choice may exist.
  public var isProvenBest: Bool

  /// Layers of each recompute block, front to back.
  public var blocks: [Int] { segments.filter { $0.kind == .recomputed }.map(\.layers) }

  /// Layers of which nothing is recomputed.
  public var storedLayers: Int { segments.reduce(0) { $0 + ($1.kind == .stored ? $1.layers : 0) } }
}

/// The choices worth considering: every one with less work has a higher peak.
public struct RecomputeFrontier: Hashable, Sendable {
  /// One end of the trade, without its blocks: `leastWork(_:within:)` at its peak finds them.
  public struct Point: Hashable, Sendable {
    /// The most that the stage holds, in the problem's unit.
    public var peak: Int
    /// What recomputing costs, in the work's unit.
    public var work: Int
    /// Layers recomputed.
    public var recomputedLayers: Int
    /// Blocks they are in.
    public var blocks: Int

    /// A trade with these sizes.
    public init(peak: Int, work: Int, recomputedLayers: Int, blocks: Int) {
      self.peak = peak
      self.work = work
      self.recomputedLayers = recomputedLayers
      self.blocks = blocks
    }
  }

  /// From the lowest peak and the most work to the highest peak and the least work.
  public var points: [Point]
  /// Whether no choice lies below the frontier; false where the search was cut short.
  public var isProvenBest: Bool
}
