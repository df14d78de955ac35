extension CoefficientGenerator {
  /// The paper's fused kernels: projection with norm, coefficients, Sinkhorn, F_pre and F_post,res.
  ///
  /// Large tensors: (3n+1)C read, (n+1)C written. The merge kernel's (n+1)C read and nC written are printed in the
  /// paper, the others follow from Eq. 14 to 19, and the total with the pre-norm, (4n+4)C, is DeepSeek-V4.1's.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (14) to (19), §4.3.1.
  func paperLedger(_ connection: Connection, _ policy: CoefficientPolicy) -> ConnectionLedger {
    let source = "mHC (arXiv:2512.24880) §4.3.1"
    let generate = generateRows(source: source)
    let pre = preMix(source: "\(source), F_pre")
    let merge = fusedMerge(source: "\(source), F_post,res")
    return ConnectionLedger(
      connection: connection, fusion: .paper, parameters: parameters,
      forward: PassLedger(generate + [pre, merge]),
      backward: PassLedger(
        [mergeBackward, preMixBackward] + coefficientBackwardRows(source: Self.releasedKernels)
          + [projectionBackward]),
      recompute: RecomputeLedger(
        perLayer: (policy == .recomputed ? generate : []) + [pre], perInnerLayer: [merge]),
      saved: savedTensors(policy),
      coversPreNorm: false)
  }

  /// From the streams to H_pre, H_post and H_res.
  func generateRows(source: String) -> [Operation] {
    [projectionKernel, coefficientRow(source: "\(source), Eq. (16) to (18)")]
      + constrainRows(source: "\(source), Eq. (19)")
  }

  /// Where the backward traffic is from: the paper prints none.
  static let releasedKernels = "derived from deepseek-ai/TileKernels 36d9e45 (2026-04-23)"

  /// Equations 14 and 15: both scans of x in one kernel.
  var projectionKernel: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "project",
      reads: [.init("x", .stream, n * C), .init("phi", .parameter, projectionWeights)],
      writes: [.init("projection", .coefficient, width + statistics)],
      arithmetic: project, unit: .matrix, source: "mHC (arXiv:2512.24880) §4.3.1, Eq. (14), (15)")
  }

  /// F_post,res backwards: the stream's gradient and the layer output's, and those of H_res and H_post.
  ///
  /// Streams that are not mixed hand their gradient on without traffic: it is the next kernel's "grad x", and x is not read.
  var mergeBackward: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "merge backward",
      reads: [.init("grad x'", .stream, n * C)] + (mixesStreams ? [.init("x", .stream, n * C)] : [])
        + [.init("y", .activation, C)] + mergeCoefficients(""),
      writes: (mixesStreams ? [.init("grad x", .stream, n * C)] : []) + [.init("grad y", .activation, C)]
        + mergeCoefficients("grad "),
      arithmetic: 2 * mergeArithmetic, source: Self.releasedKernels)
  }

  /// F_pre backwards, adding to the stream's gradient in place.
  private var preMixBackward: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "pre-mix backward",
      reads: [
        .init("grad u", .activation, C), .init("x", .stream, n * C), .init("grad x", .stream, n * C),
        .init("H_pre", .coefficient, n),
      ],
      writes: [.init("grad x", .stream, n * C), .init("grad H_pre", .coefficient, n)],
      arithmetic: .multiplyAdds(2 * n * C), source: Self.releasedKernels)
  }

  /// Equations 14 and 15 backwards: both matrix products in one kernel, adding to the stream's gradient in place.
  private var projectionBackward: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "project backward",
      reads: [
        .init("x", .stream, n * C), .init("grad x", .stream, n * C),
        .init("grad projection", .coefficient, width + statistics), .init("phi", .parameter, projectionWeights),
      ],
      writes: [.init("grad x", .stream, n * C), .init("grad phi", .parameter, projectionWeights)],
      arithmetic: projectBackward, unit: .matrix, source: Self.releasedKernels)
  }
}
