import LayerRuntime

/// What is timed: groups of cases that take turns.
enum TimeCases {
  /// Sizes: from what the private caches hold to what only memory does.
  private static let shapes: [(n: Int, C: Int, T: Int)] = [
    (4, 256, 64), (4, 1024, 128), (4, 1024, 1024), (4, 4096, 512), (4, 1024, 4096),
  ]
  private static let moreShapes: [(n: Int, C: Int, T: Int)] = [
    (1, 1024, 4096), (2, 2560, 1024), (8, 512, 1024), (4, 256, 8192), (4, 2560, 512), (2, 512, 256),
  ]

  private static let operations: [ConnectionOperation] = [
    .project, .coefficients, .sinkhorn, .preMix, .merge, .post, .resMix, .mergeSum, .mergeBackward, .mergeGradients,
    .resMixBackward, .postBackward, .preMixBackwardInPlace, .preMixGradients, .sinkhornBackward, .coefficientsBackward,
    .projectBackward, .streamBackward, .accumulatePre,
  ]

  /// Every group; the quick set is about a third of it.
  static func all(quick: Bool) throws -> [[TimeCase]] {
    let groups = try single(quick) + connections(quick) + recompute(quick) + StepCases.groups(quick: quick)
    return groups
  }

  private static func make(
    _ subject: TimeCase.Subject, _ kind: ConnectionKind, _ implementation: Implementation,
    _ shape: (n: Int, C: Int, T: Int),
    _ format: StreamFormat = .float32, threads: Int
  ) throws -> TimeCase {
    TimeCase(
      subject: subject, connection: kind, implementation: implementation,
      shape: try LayerShape(tokens: shape.T, streams: kind == .residual ? 1 : shape.n, channels: shape.C),
      format: format, team: try ThreadTeam(threads))
  }

  private static func single(_ quick: Bool) throws -> [[TimeCase]] {
    var groups: [[TimeCase]] = []
    for (index, shape) in (shapes + moreShapes).enumerated() where !quick || index % 3 == 0 {
      let threads = 1 + index % 2
      // Every operation at the first sizes, those that move streams at the others.
      let some = index < shapes.count ? operations : [.project, .preMix, .merge, .mergeBackward, .streamBackward]
      groups += try some.map { [try make(.operation($0), .manifold, .fused, shape, threads: threads)] }
      if index < shapes.count {
        groups += try [ConnectionOperation.merge, .mergeBackward].map {
          [try make(.operation($0), .residual, .fused, (1, shape.C, 4 * shape.T), threads: threads)]
        }
        groups += try [ConnectionOperation.project, .preMix, .merge, .mergeBackward, .projectBackward].map {
          [try make(.operation($0), .manifold, .fused, shape, .bfloat16, threads: 3 - threads)]
        }
      }
      if index % 2 == 0 {
        groups += try [ConnectionOperation.project, .coefficients, .coefficientsBackward, .projectBackward].map {
          [try make(.operation($0), .hyper, .fused, shape, threads: threads)]
        }
      }
    }
    return groups
  }

  private static func connections(_ quick: Bool) throws -> [[TimeCase]] {
    var groups: [[TimeCase]] = []
    let sizes = [
      (4, 1024, 128), (4, 1024, 2048), (4, 2560, 1024), (4, 4096, 512), (2, 1024, 2048), (8, 512, 1024),
      (1, 1024, 2048), (4, 256, 4096),
    ]
    for (index, size) in sizes.enumerated() where !quick || index % 3 == 1 {
      for subject in [TimeCase.Subject.forward, .backward] {
        for threads in [1, 2] {
          groups.append(
            try [Implementation.unfused, .fused, .fastest].map {
              try make(subject, .manifold, $0, size, index == 3 ? .bfloat16 : .float32, threads: threads)
            })
        }
        groups.append(
          try [Implementation.unfused, .fastest].map { try make(subject, .hyper, $0, size, threads: 1 + index % 2) })
        if index != 3 {
          groups.append([try make(subject, .manifold, .fastest, size, .bfloat16, threads: 1 + index % 2)])
        }
      }
    }
    return groups
  }

  private static func recompute(_ quick: Bool) throws -> [[TimeCase]] {
    let kinds = [ConnectionKind.hyper, .manifold]
    return try kinds.flatMap { kind in
      try (shapes.dropFirst() + moreShapes.prefix(2)).enumerated().filter { !quick || $0.offset % 3 == 0 }.map {
        index, shape in
        try [Implementation.unfused, .fused].map { try make(.recompute, kind, $0, shape, threads: 1 + index % 2) }
      }
    }
  }
}
