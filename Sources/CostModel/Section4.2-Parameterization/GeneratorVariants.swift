// The published variants of mHC that change the generator or the mixing and nothing else.

extension CoefficientGenerator {
  /// Identity HC: H_res = I, so there is nothing to generate for it and nothing to mix.
  ///
  /// - Source: Identity Hyper-Connections as studied in "mHC-lite" (arXiv:2601.05732) and by T. Romero (2026).
  static let identity = overAllStreams(
    logits: 0, mixing: 0, constrain: .none, constrainBackward: .none,
    source: "mHC (arXiv:2512.24880) Eq. (7), (8) with H_res = I")

  /// mHC-lite: softmax over the n! permutation matrices; exactly doubly stochastic, no iteration.
  ///
  /// The largest logit is subtracted first. Each of the n! weights is added to the n entries of its permutation.
  ///
  /// - Source: mHC-lite (arXiv:2601.05732).
  static let lite: CoefficientGenerator = {
    let n = Notation.n
    let count = Formula(.streamsFactorial)
    let softmax = Arithmetic(additions: 2 * count - 1, divisions: count, exponentials: count)
    // Each weight's gradient is the sum of the n entries it went to; then softmax backwards.
    let backward =
      softmax + Arithmetic(additions: n * count) + .multiplyAdds(count)
      + Arithmetic(additions: count, multiplications: count)
    return overAllStreams(
      logits: count, mixing: n * n, constrain: softmax + Arithmetic(additions: n * count),
      constrainBackward: backward, source: "mHC-lite (arXiv:2601.05732)")
  }()

  /// KromHC: a Kronecker product of log₂n doubly stochastic 2×2 factors, each from two logits by softmax.
  ///
  /// Every entry of H_res is a product of log₂n numbers.
  ///
  /// - Source: KromHC (arXiv:2601.21579).
  static let kronecker: CoefficientGenerator = {
    let n = Notation.n
    let factors = Formula(.streamsLog2)
    let logits = 2 * factors
    let softmax = Arithmetic(additions: 2 * logits - factors, divisions: logits, exponentials: logits)
    let products = Arithmetic(multiplications: n * n * factors - n * n)
    // For each factor, the gradient of H_res times the product of the others, summed over the entries it is in.
    let backward =
      softmax + Arithmetic(additions: n * n * factors, multiplications: n * n * factors * (factors - 1))
      + .multiplyAdds(logits)
      + Arithmetic(additions: logits, multiplications: logits)
    return overAllStreams(
      logits: logits, mixing: n * n, constrain: softmax + products, constrainBackward: backward,
      source: "KromHC (arXiv:2601.21579)")
  }()
}
