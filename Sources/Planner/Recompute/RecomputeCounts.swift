import CostModel

/// How often recompute runs each piece of a stage for one microbatch.
struct RecomputeCounts: Sendable {
  /// Recompute blocks.
  private(set) var blocks = 0
  /// Layers in them.
  private(set) var layers = 0
  /// Layers whose functions run again, in whole or in part, by kind.
  private(set) var reruns: [Int]

  init(_ stage: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) {
    let level = cost.setup.layerRecompute
    reruns = cost.kinds.indices.map { level == .attention ? cost.count(of: $0, in: stage.range) : 0 }
    var first = stage.range.lowerBound
    for segment in segments {
      if segment.kind == .recomputed {
        blocks += 1
        layers += segment.layers
        if level == .full {
          for kind in cost.kindOfLayer[first..<first + segment.layers] { reruns[kind] += 1 }
        }
      }
      first += segment.layers
    }
  }
}
