import CostModel

/// How often recompute runs each piece of a stage for one microbatch of each chunk.
struct RecomputeCounts: Sendable {
  /// Recompute blocks.
  private(set) var blocks = 0
  /// Layers in them.
  private(set) var layers = 0
  /// Layers whose functions run again, in whole or in part, by kind.
  private(set) var reruns: [Int]

  init(_ parts: [Stage], _ chunks: [ChunkPlan], _ cost: ModelCost) {
    let level = cost.setup.layerRecompute
    reruns = cost.kinds.indices.map { kind in
      level == .attention ? parts.reduce(0) { $0 + cost.count(of: kind, in: $1.range) } : 0
    }
    for (part, chunk) in zip(parts, chunks) { add(part, chunk.segments, cost) }
  }

  private mutating func add(_ part: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) {
    let level = cost.setup.layerRecompute
    var first = part.range.lowerBound
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
