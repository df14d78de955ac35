extension CoefficientGenerator {
  /// One operation of Table 2 at a time.
  ///
  /// The paper prints the table for HC; mHC unfused moves the same elements, as its Sinkhorn iteration works on n²
  /// numbers that the coefficient row already writes.
  ///
  /// - Source: mHC (arXiv:2512.24880) Table 2, §3.2. Its backward is derived here: no table is published.
  func unfusedLedger(_ connection: Connection, _ policy: CoefficientPolicy) -> ConnectionLedger {
    let remade = policy == .recomputed ? [unfusedCoefficients] : []
    return ConnectionLedger(
      connection: connection, fusion: .unfused, parameters: parameters,
      forward: PassLedger([unfusedCoefficients, preMix(source: Self.table2("H_pre"))] + unfusedMerge),
      backward: PassLedger(unfusedBackward),
      recompute: RecomputeLedger(
        perLayer: remade + [preMix(source: Self.table2("H_pre"))], perInnerLayer: unfusedMerge),
      saved: savedTensors(policy),
      coversPreNorm: false)
  }

  private static func table2(_ row: String) -> String { "mHC (arXiv:2512.24880) Table 2, \(row)" }

  /// Calculate H_pre, H_post and H_res: Table 2's row as printed, which writes H alone.
  ///
  /// A training step also writes the projection and the norm's statistic, n² + 2n + 1 numbers for mHC, which the backward
  /// row reads. They are among the saved tensors, and not in this row's traffic, so that Table 2 stays Table 2: with n = 4
  /// that is 100 bytes a token beside the 34C elements of the whole connection, 0.06 % at C = 2560 in bf16. The rows of
  /// the paper's own kernels write both.
  private var unfusedCoefficients: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "coefficients",
      reads: [.init("x", .stream, n * C), .init("phi, alpha, b", .parameter, parameters)],
      writes: [.init("H", .coefficient, coefficients)],
      arithmetic: project + activate + constrain, unit: .matrix, source: Self.table2("calculate H_pre, H_post, H_res"))
  }

  /// H_post, H_res and the residual merge.
  private var unfusedMerge: [Operation] {
    let (n, C) = (Notation.n, Notation.C)
    let post = Operation(
      "post", reads: [.init("y", .activation, C), .init("H_post", .coefficient, n)],
      writes: [.init("post", .stream, n * C)],
      arithmetic: Arithmetic(multiplications: n * C), source: Self.table2("H_post"))
    let residual = Operation(
      "res-mix", reads: [.init("x", .stream, n * C), .init("H_res", .coefficient, mixing)],
      writes: [.init("res", .stream, n * C)],
      arithmetic: .multiplyAdds(n * n * C), source: Self.table2("H_res"))
    let merge = Operation(
      "merge", reads: [.init(mixesStreams ? "res" : "x", .stream, n * C), .init("post", .stream, n * C)],
      writes: [.init("x'", .stream, n * C)],
      arithmetic: Arithmetic(additions: n * C), source: Self.table2("residual merge"))
    return mixesStreams ? [post, residual, merge] : [post, merge]
  }

  /// Each row of Table 2 backwards, then the three gradients of x added up, two at a time.
  private var unfusedBackward: [Operation] {
    let (n, C) = (Notation.n, Notation.C)
    let source = "derived: the gradient of Table 2's row; sums of gradients are operations of their own"
    let residual = Operation(
      "res-mix backward",
      reads: [.init("grad x'", .stream, n * C), .init("x", .stream, n * C), .init("H_res", .coefficient, mixing)],
      writes: [.init("grad x, res", .stream, n * C), .init("grad H_res", .coefficient, mixing)],
      arithmetic: .multiplyAdds(2 * n * n * C), source: source)
    let post = Operation(
      "post backward",
      reads: [.init("grad x'", .stream, n * C), .init("y", .activation, C), .init("H_post", .coefficient, n)],
      writes: [.init("grad y", .activation, C), .init("grad H_post", .coefficient, n)],
      arithmetic: .multiplyAdds(2 * n * C), source: source)
    let pre = Operation(
      "pre-mix backward",
      reads: [.init("grad u", .activation, C), .init("x", .stream, n * C), .init("H_pre", .coefficient, n)],
      writes: [.init("grad x, pre", .stream, n * C), .init("grad H_pre", .coefficient, n)],
      arithmetic: .multiplyAdds(n * C) + Arithmetic(multiplications: n * C), source: source)
    let coefficients = Operation(
      "coefficients backward",
      reads: [
        .init("x", .stream, n * C), .init("grad H", .coefficient, self.coefficients),
        .init("projection", .coefficient, width + statistics), .init("phi, alpha, b", .parameter, parameters),
      ],
      writes: [.init("grad x, coef", .stream, n * C), .init("grad phi, alpha, b", .parameter, parameters)],
      arithmetic: projectBackward + activateBackward + remakeLogits + constrainBackward, unit: .matrix, source: source)
    let sums = ["pre", "coef"].map { part in
      Operation(
        "accumulate \(part)",
        reads: [.init("grad x", .stream, n * C), .init("grad x, \(part)", .stream, n * C)],
        writes: [.init("grad x", .stream, n * C)], arithmetic: Arithmetic(additions: n * C), source: source)
    }
    return (mixesStreams ? [residual] : []) + [post, pre, coefficients] + sums
  }
}
