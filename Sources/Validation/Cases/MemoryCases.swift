import CostModel
import LayerRuntime

/// Stacks whose memory is predicted to the byte: small, and every choice.
enum MemoryCases {
  static let functions: [(name: String, kinds: [LayerFunctionKind])] = [
    ("identity", [.identity]), ("gelu", [.gelu(hidden: 96)]), ("swiglu", [.swiGLU(hidden: 80)]),
    ("attention", [.attention(heads: 4)]),
    ("mixed", [.attention(heads: 2), .gelu(hidden: 96), .identity, .attention(heads: 8), .swiGLU(hidden: 56)]),
  ]

  /// Connections and their streams.
  static let connections: [(kind: ConnectionKind, streams: Int)] =
    [(.residual, 1)] + [ConnectionKind.hyper, .manifold].flatMap { kind in [1, 2, 4, 8].map { (kind, $0) } }

  /// Block choices of a stage of `layers` layers: everything stored, every equal size, some of unequal sizes.
  static func choices(layers: Int) -> [RecomputeBlocks] {
    let uneven = [
      [layers - 1, 1], [1, layers - 1], [layers / 2, layers / 3, layers - layers / 2 - layers / 3],
      [1, 2, layers - 3], [layers - 6, 3, 2, 1],
    ]
    let equal = (1...layers).map { RecomputeBlocks.equal(layers: layers, size: $0) }
    return [.stored] + equal + uneven.map { .blocks($0) }.filter { !equal.contains($0) }
  }

  /// Every combination; the quick set takes every 7th, so that each value of each choice is still in it.
  static func all(quick: Bool, layers: Int = 12) throws -> [StackCase] {
    var cases: [StackCase] = []
    for (kind, streams) in connections {
      let shape = try LayerShape(tokens: 48, streams: streams, channels: 64)
      for implementation in kind == .residual ? [.fused] : [Implementation.unfused, .fused, .fastest] {
        for (name, kinds) in functions where OpenBLAS.isAvailable || name == "identity" {
          for format in StreamFormat.allCases {
            for blocks in choices(layers: layers) {
              var c = LayerStack.Configuration(
                kind, shape, .deepSeekV4, implementation, functions: (0..<layers).map { kinds[$0 % kinds.count] })
              (c.format, c.blocks) = (format, blocks)
              // Every third case drops the coefficients, every fifth has no norm, every other one two threads.
              c.keepsCoefficients = cases.count % 3 != 2
              c.hasPreNorm = cases.count % 5 != 4
              c.team = try ThreadTeam(1 + cases.count % 2)
              cases.append(StackCase(c, functions: name))
            }
          }
        }
      }
    }
    return quick ? cases.enumerated().filter { $0.offset % 7 == 0 }.map(\.element) : cases
  }
}
