import LayerRuntime

/// Training steps: stacks whose block choices take turns, so that what a choice costs and saves is compared at once.
enum StepCases {
  /// Block choices of a stack of `layers` layers: stored, the finest, about √L, one block, two uneven ones.
  static func choices(layers: Int) -> [RecomputeBlocks] {
    let root = (1...layers).last { $0 * $0 <= layers } ?? 1
    return [
      .stored, .equal(layers: layers, size: 1), .equal(layers: layers, size: root),
      .equal(layers: layers, size: layers),
      .blocks([layers - 9, 4, 3, 2]), .blocks([2, 3, layers - 5]),
    ]
  }

  static func groups(quick: Bool) throws -> [[TimeCase]] {
    guard OpenBLAS.isAvailable else { return [] }
    let stacks: [(kind: ConnectionKind, implementation: Implementation, n: Int, C: Int, T: Int, name: String)] = [
      (.manifold, .fastest, 4, 512, 256, "gelu"), (.residual, .fused, 1, 512, 256, "gelu"),
      (.hyper, .fused, 4, 512, 256, "swiglu"), (.manifold, .fused, 2, 384, 512, "mixed"),
      (.manifold, .unfused, 4, 256, 512, "gelu"), (.manifold, .fastest, 8, 256, 256, "swiglu"),
    ]
    return try stacks.enumerated().filter { !quick || $0.offset % 3 == 0 }.map { index, stack in
      let layers = index == 0 ? 16 : 12
      let functions: [LayerFunctionKind] =
        switch stack.name {
        case "gelu": [.gelu(hidden: 2 * stack.C)]
        case "swiglu": [.swiGLU(hidden: 2 * stack.C)]
        default: [.attention(heads: 4), .gelu(hidden: 4 * stack.C)]
        }
      let shape = try LayerShape(tokens: stack.T, streams: stack.n, channels: stack.C)
      let choices = quick ? Array(choices(layers: layers).prefix(3)) : choices(layers: layers)
      return try choices.map { blocks in
        var c = LayerStack.Configuration(
          stack.kind, shape, .deepSeekV4, stack.implementation,
          functions: (0..<layers).map { functions[$0 % functions.count] })
        c.blocks = blocks
        c.team = try ThreadTeam(1 + index % 2)
        if index == 4 { c.format = .bfloat16 }
        return TimeCase(
          subject: .step(StackCase(c, functions: stack.name)), connection: stack.kind,
          implementation: stack.implementation, shape: shape, format: c.format, team: c.team)
      }
    }
  }
}
