extension CoefficientGenerator {
  /// What every connection with streams keeps for its backward pass.
  ///
  /// The coefficients are kept twice over: H_pre, H_post and H_res, and the projection's outputs with the norm's
  /// statistic, from which the logits are made again.
  ///
  /// - Parameters:
  ///   - policy: dropped coefficients live only while their block is recomputed.
  ///   - keepsLayerInput: false where a kernel hands the normalised layer input on without writing the input itself;
  ///     the norm's backward then works from its output and statistic.
  /// - Returns: the tensors, with elements a token.
  /// - Source: mHC (arXiv:2512.24880) Table 3, §4.3.2, with the lightweight coefficients it leaves out.
  func savedTensors(_ policy: CoefficientPolicy, keepsLayerInput: Bool = true) -> [SavedTensor] {
    let (n, C) = (Notation.n, Notation.C)
    let coefficientLifetime: SavedTensor.Lifetime = policy == .kept ? .everyLayer : .transient
    return [
      SavedTensor("x", .stream, n * C, .stream),
      SavedTensor("y", .activation, C, .everyLayer),
    ] + (keepsLayerInput ? [SavedTensor("u", .activation, C, .transient)] : []) + [
      SavedTensor("norm(u)", .activation, C, .transient),
      SavedTensor("H", .coefficient, coefficients, coefficientLifetime),
      SavedTensor("projection", .coefficient, width + statistics, coefficientLifetime),
    ]
  }
}
