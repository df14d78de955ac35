extension CoefficientGenerator {
  /// HC: one norm and one projection a stream, shared by all streams, then tanh.
  ///
  /// Three scales as Eq. 5 prints them; the first HC paper (arXiv:2409.19606) has two, pre and res sharing one.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (3) to (5), §3.
  static let hyper: CoefficientGenerator = {
    let (n, C) = (Notation.n, Notation.C)
    let width = n * n + 2 * n
    // A sum of squares and a scaling of every stream.
    let normalize = Arithmetic.multiplyAdds(n * C) + Arithmetic(multiplications: n * C)
    let statistic = Arithmetic(divisions: 2 * n, squareRoots: n)
    return CoefficientGenerator(
      width: width, coefficients: width, mixing: n * n,
      projectionWeights: (n + 2) * C,
      scalesAndBiases: width + 3,
      project: .multiplyAdds(n * (n + 2) * C) + normalize + statistic,
      activate: Arithmetic(tangents: width) + .multiplyAdds(width),
      constrain: .none,
      // θ's gradient and the normalised streams' are a product each; the norm backwards is two multiply-adds.
      projectBackward: .multiplyAdds(2 * n * (n + 2) * C) + .multiplyAdds(2 * n * C),
      // The projection is kept as tanh. For every output: b's sum, ∂H tanh into α's sum, ∂H − ∂H tanh tanh, and the
      // scale of α/r, which is made for three groups a stream; the norm's multiple of x takes two products and a quotient.
      activateBackward: Arithmetic(additions: 3 * width, multiplications: 3 * width)
        + Arithmetic(multiplications: 5 * n, divisions: 2 * n),
      remakeLogits: .none,
      constrainBackward: .none,
      statistics: n,
      source: "mHC (arXiv:2512.24880) Eq. (5), §3")
  }()
}
