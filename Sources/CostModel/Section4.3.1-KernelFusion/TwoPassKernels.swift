extension CoefficientGenerator {
  /// Two passes over the streams a layer: (3n+2)C with the pre-norm.
  ///
  /// The merge writes x' and, with the token still on chip, projects it: the coefficients of the next layer cost no
  /// read. The second pass makes the next layer's input and normalises it.
  ///
  /// - Source: DeepSeek-V4.1 report §2.4.1, "fused two-pass mHC". The backward is a bound derived here from
  ///   TileKernels' by letting one kernel do pre-mix and projection; no such kernel is published.
  func twoPassLedger(_ connection: Connection, _ policy: CoefficientPolicy) -> ConnectionLedger {
    let (n, C) = (Notation.n, Notation.C)
    let source = "DeepSeek-V4.1 report §2.4.1, two-pass"
    let mergeProject = Operation(
      "merge-project",
      reads: [.init("x", .stream, n * C), .init("y", .activation, C)] + mergeCoefficients("")
        + [.init("phi", .parameter, projectionWeights)],
      writes: [.init("x'", .stream, n * C), .init("projection", .coefficient, width + statistics)],
      arithmetic: mergeArithmetic + project, unit: .matrix, source: source)
    let preMixNorm = Operation(
      "pre-mix-norm",
      reads: [.init("x", .stream, n * C), .init("H_pre", .coefficient, n)],
      writes: [.init("norm(u)", .activation, C)],
      arithmetic: .multiplyAdds(n * C) + PreNorm.arithmetic, source: source)
    let small = [coefficientRow(source: source)] + constrainRows(source: source)
    return ConnectionLedger(
      connection: connection, fusion: .twoPass, parameters: parameters,
      forward: PassLedger([mergeProject] + small + [preMixNorm]),
      backward: PassLedger(
        [mergeBackward] + coefficientBackwardRows(source: source) + [preMixProjectBackward(readsOutputGradient: false)]),
      recompute: RecomputeLedger(
        // A block's first coefficients come from its stream alone: the merge that projects it is another block's.
        perBlock: (policy == .recomputed ? [projectionKernel] + small : []) + [preMixNorm],
        perInnerLayer: (policy == .recomputed ? [mergeProject] + small + [preMixNorm] : [mergeAndPreMix])),
      saved: savedTensors(policy, keepsLayerInput: false),
      coversPreNorm: true)
  }

  /// Recompute with kept coefficients: the next stream and the next layer's normalised input in one pass.
  private var mergeAndPreMix: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "merge-pre-mix-norm",
      reads: [.init("x", .stream, n * C), .init("y", .activation, C)] + mergeCoefficients("")
        + [.init("H_pre", .coefficient, n)],
      writes: [.init("x'", .stream, n * C), .init("norm(u)", .activation, C)],
      arithmetic: mergeArithmetic + .multiplyAdds(n * C) + PreNorm.arithmetic,
      source: "derived: with coefficients at hand both passes fit one kernel")
  }

  /// Pre-mix and projection backwards in one kernel: x and the stream's gradient are read once.
  ///
  /// - Parameter readsOutputGradient: true where the merge backward left the stream's gradient to this kernel, which
  ///   then reads the output's gradient in its place, x being on chip.
  /// - Returns: the row.
  func preMixProjectBackward(readsOutputGradient: Bool) -> Operation {
    let (n, C) = (Notation.n, Notation.C)
    let streams: [TensorAccess] =
      readsOutputGradient
      ? [.init("grad x'", .stream, n * C)] + mergeCoefficients("")
      : [.init("x", .stream, n * C), .init("grad x", .stream, n * C)]
    return Operation(
      "pre-mix-project backward",
      reads: [.init("grad u", .activation, C)] + streams + [
        .init("H_pre", .coefficient, n), .init("grad projection", .coefficient, width + statistics),
        .init("phi", .parameter, projectionWeights),
      ],
      writes: [
        .init("grad x", .stream, n * C), .init("grad H_pre", .coefficient, n),
        .init("grad phi", .parameter, projectionWeights),
      ],
      // Of the merge's gradients only that of x is left to make: a product with H_res, or nothing to compute.
      arithmetic: .multiplyAdds(2 * n * C) + projectBackward
        + (readsOutputGradient ? .multiplyAdds(mixing * C) : .none),
      unit: .matrix,
      source: "derived: a bound; no such kernel is published")
  }
}
