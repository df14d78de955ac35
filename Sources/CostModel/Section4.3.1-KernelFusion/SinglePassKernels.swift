extension CoefficientGenerator {
  /// One pass over the streams a layer: (2n+2)C with the pre-norm, the least that reads and writes them at all.
  ///
  /// The pre-mix uses the coefficients of one layer before, so that merge, projection and pre-mix need the token only
  /// once. It changes the function computed, not only its cost; the report finds no loss in quality, and uses it for
  /// inference: "for pre-training, we keep the existing multi-kernel implementation".
  ///
  /// - Source: DeepSeek-V4.1 report §2.4.1, Single-Pass mHC. The backward is a bound derived here; recompute is
  ///   TileKernels' multi-layer kernel, which carries the streams in registers from layer to layer.
  func singlePassLedger(_ connection: Connection, _ policy: CoefficientPolicy) -> ConnectionLedger {
    let (n, C) = (Notation.n, Notation.C)
    let source = "DeepSeek-V4.1 report §2.4.1, single-pass"
    let all = Operation(
      "single-pass",
      reads: [
        .init("x", .stream, n * C), .init("y", .activation, C), .init("H", .coefficient, coefficients),
        .init("phi, alpha, b", .parameter, parameters),
      ],
      writes: [
        .init("x'", .stream, n * C), .init("norm(u)", .activation, C), .init("H'", .coefficient, coefficients),
        .init("projection", .coefficient, width + statistics),
      ],
      arithmetic: mergeArithmetic + project + activate + constrain + .multiplyAdds(n * C) + PreNorm.arithmetic,
      unit: .matrix, source: source)
    return ConnectionLedger(
      connection: connection, fusion: .singlePass, parameters: parameters,
      forward: PassLedger([all]),
      backward: PassLedger(
        [outputGradients] + coefficientBackwardRows(source: source)
          + [preMixProjectBackward(readsOutputGradient: true)]),
      recompute: policy == .recomputed
        ? RecomputeLedger(perBlock: generateRows(source: source) + [openBlock], perInnerLayer: [all])
        : RecomputeLedger(perBlock: [openBlock], perInnerLayer: [multiLayerRecompute]),
      saved: savedTensors(policy, keepsLayerInput: false),
      coversPreNorm: true)
  }

  /// The merge backwards without the stream's gradient, which the second kernel makes.
  private var outputGradients: Operation {
    let (n, C) = (Notation.n, Notation.C)
    let mixGradients: Formula = mixesStreams ? n * n + 2 * n : 2 * n
    return Operation(
      "merge backward",
      reads: [.init("grad x'", .stream, n * C), .init("x", .stream, n * C), .init("y", .activation, C)]
        + mergeCoefficients(""),
      writes: [.init("grad y", .activation, C)] + mergeCoefficients("grad "),
      arithmetic: .multiplyAdds(mixGradients * C), source: "derived: a bound; no such kernel is published")
  }

  /// A block's stream is read once and its first layer's input made from it.
  private var openBlock: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "open block",
      reads: [.init("x", .stream, n * C), .init("H_pre", .coefficient, n)],
      writes: [.init("norm(u)", .activation, C)],
      arithmetic: .multiplyAdds(n * C) + PreNorm.arithmetic, source: Self.releasedKernels)
  }

  /// One more layer of a block: only the layer output is read, the stream being in registers.
  private var multiLayerRecompute: Operation {
    let (n, C) = (Notation.n, Notation.C)
    return Operation(
      "multi-layer recompute",
      reads: [.init("y", .activation, C), .init("H", .coefficient, coefficients)],
      writes: [.init("x'", .stream, n * C), .init("norm(u)", .activation, C)],
      arithmetic: mergeArithmetic + .multiplyAdds(n * C) + PreNorm.arithmetic, source: Self.releasedKernels)
  }
}
