// The rows that several levels of fusion share, written once.

extension CoefficientGenerator {
  /// u = H_pre x.
  func preMix(source: String) -> Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "pre-mix",
      reads: [.init("x", .stream, n * C), .init("H_pre", .coefficient, n)],
      writes: [.init("u", .activation, C)],
      arithmetic: .multiplyAdds(n * C), source: source)
  }

  /// x' = H_res x + H_postᵀ y in one kernel.
  func fusedMerge(source: String) -> Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "merge",
      reads: [.init("x", .stream, n * C), .init("y", .activation, C)] + mergeCoefficients(""),
      writes: [.init("x'", .stream, n * C)],
      arithmetic: mergeArithmetic, source: source)
  }

  /// H_res (where there is one) and H_post, or their gradients.
  func mergeCoefficients(_ prefix: String) -> [TensorAccess] {
    let post = TensorAccess("\(prefix)H_post", .coefficient, Notation.n)
    return mixesStreams ? [TensorAccess("\(prefix)H_res", .coefficient, mixing), post] : [post]
  }

  /// Mixing of the streams (n²C multiply-adds) and the layer output added to each (nC more).
  var mergeArithmetic: Arithmetic {
    let (n, C) = (Notation.n, Notation.C)
    return .multiplyAdds((mixesStreams ? n * n + n : n) * C)
  }

  /// From the projection's outputs to H_pre, H_post and the logits of H_res.
  func coefficientRow(source: String) -> Operation {
    Operation(
      "coefficients",
      reads: [
        .init("projection", .coefficient, width + statistics), .init("alpha, b", .parameter, scalesAndBiases),
      ],
      writes: [.init("H_pre, H_post, logits", .coefficient, width)],
      arithmetic: activate, source: source)
  }

  /// From logits to H_res; no row where streams are not mixed.
  func constrainRows(source: String) -> [Operation] {
    guard mixesStreams else { return [] }
    return [
      Operation(
        constrainName, reads: [.init("logits", .coefficient, logits)],
        writes: [.init("H_res", .coefficient, mixing)], arithmetic: constrain, source: source)
    ]
  }

  /// Backwards of ``constrainRows(source:)`` and ``coefficientRow(source:)``.
  func coefficientBackwardRows(source: String) -> [Operation] {
    let constrainBackwardRow = Operation(
      "\(constrainName) backward",
      // The logits are not kept: they are made again from the projection, with a scale of the row's own.
      reads: [
        .init("projection", .coefficient, logits + statistics), .init("alpha, b", .parameter, logits + 1),
        .init("grad H_res", .coefficient, mixing),
      ],
      writes: [.init("grad logits", .coefficient, logits)],
      arithmetic: remakeLogits + Arithmetic(multiplications: 1, divisions: 1) + constrainBackward, source: source)
    let row = Operation(
      "coefficients backward",
      reads: [
        .init("grad H_pre, H_post, logits", .coefficient, width),
        .init("projection", .coefficient, width + statistics), .init("alpha, b", .parameter, scalesAndBiases),
      ],
      writes: [
        .init("grad projection", .coefficient, width + statistics),
        .init("grad alpha, b", .parameter, scalesAndBiases),
      ],
      arithmetic: activateBackward, source: source)
    return mixesStreams ? [constrainBackwardRow, row] : [row]
  }

  /// Outputs of the projection that make H_res.
  var logits: Formula { width - 2 * Notation.n }

  /// The row's name: Sinkhorn-Knopp where it is that.
  private var constrainName: String { self == .manifold ? "sinkhorn" : "mixing" }
}
