extension ConnectionLedger {
  /// The plain residual connection, x + F(x).
  ///
  /// Its stream is the layer's input, so the backward pass needs no layer output: only the input of the pre-norm and
  /// what the pre-norm makes of it. The gradient of a sum is the gradient itself, handed on without traffic; the one
  /// from the layer function is added to it.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (1), §1; Table 2, §3.2.
  static var residual: ConnectionLedger {
    let C = Notation.C
    let merge = Operation(
      "merge",
      reads: [.init("x", .stream, C), .init("y", .activation, C)],
      writes: [.init("x'", .stream, C)],
      arithmetic: Arithmetic(additions: C),
      source: "mHC (arXiv:2512.24880) Table 2, residual merge")
    let accumulate = Operation(
      "merge backward",
      reads: [.init("grad x'", .stream, C), .init("grad u", .activation, C)],
      writes: [.init("grad x", .stream, C)],
      arithmetic: Arithmetic(additions: C),
      source: "derived: the gradient of Eq. (1)")
    return ConnectionLedger(
      connection: .residual, fusion: .unfused, parameters: 0,
      forward: PassLedger([merge]), backward: PassLedger([accumulate]),
      recompute: RecomputeLedger(perInnerLayer: [merge]),
      saved: [
        SavedTensor("x", .stream, C, .stream),
        SavedTensor("norm(u)", .activation, C, .transient),
      ],
      coversPreNorm: false)
  }
}
