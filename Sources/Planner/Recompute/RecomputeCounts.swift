import CostModel

/// How often recompute runs each piece of a stage for one microbatch.
struct RecomputeCounts: Sendable {
  /// Recompute blocks.
  private(set) var blocks = 0
  /// Layers in them.
  private(set) var layers = 0
  /// Layers in them, by kind.
  private(set) var reruns: [Int]

  init(_ stage: Stage, _ segments: [RecomputeSegment]) {
    reruns = Array(repeating: 0, count: stage.kindCounts.count)
    var first = 0
    for segment in segments {
      if segment.kind == .recomputed {
        blocks += 1
        layers += segment.layers
        for kind in stage.kinds[first..<first + segment.layers] { reruns[kind] += 1 }
      }
      first += segment.layers
    }
  }
}
