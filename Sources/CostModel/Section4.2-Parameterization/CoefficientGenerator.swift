/// What tells the connections apart: how H_pre, H_post and H_res are made from the streams.
///
/// Everything that moves a stream is the same for all of them, so a fusion level is written once and takes its
/// generator from here.
struct CoefficientGenerator: Hashable, Sendable {
  /// w: outputs of the projection.
  var width: Formula
  /// Elements of H_pre, H_post and H_res together.
  var coefficients: Formula
  /// Elements of H_res; zero where streams are not mixed.
  var mixing: Formula
  /// Elements of the projection's weight.
  var projectionWeights: Formula
  /// α and b.
  var scalesAndBiases: Formula
  /// Normalisation and projection of the streams: equations 14 and 15.
  var project: Arithmetic
  /// Scales, biases and activation functions: equations 16 to 18.
  var activate: Arithmetic
  /// From logits to H_res: equation 19.
  var constrain: Arithmetic
  /// The same three, backwards.
  var projectBackward: Arithmetic
  /// Backwards of ``activate``, its intermediates made again from the projection, the logits apart.
  var activateBackward: Arithmetic
  /// The logits again from the projection, the scale being at hand.
  var remakeLogits: Arithmetic
  /// Backwards of ``constrain``, its intermediates made again.
  var constrainBackward: Arithmetic
  /// Norm statistics kept a token: one over all streams, or one a stream.
  var statistics: Formula
  /// Where the generator is defined.
  var source: String

  /// Learned scalars of one connection.
  var parameters: Formula { projectionWeights + scalesAndBiases }

  /// Whether the streams are mixed with each other.
  var mixesStreams: Bool { !mixing.isZero }

  /// The generator of a connection; nil for the plain residual, which has none.
  static func of(_ connection: Connection) -> CoefficientGenerator? {
    switch connection {
    case .residual: nil
    case .hyper: .hyper
    case .manifold: .manifold
    case .identity: .identity
    case .lite: .lite
    case .kronecker: .kronecker
    }
  }
}

extension CoefficientGenerator {
  /// A generator over all streams at once: one projection of nC inputs, one norm, no tanh.
  ///
  /// The norm's weight is absorbed in φ and the division comes after the product, so the norm costs one sum of
  /// squares. A sigmoid is an exponential, an addition and a division.
  ///
  /// - Parameters:
  ///   - logits: outputs of the projection that make H_res.
  ///   - mixing: elements of H_res.
  ///   - constrain: arithmetic from those logits to H_res.
  ///   - constrainBackward: its backward.
  ///   - source: where the mixing is defined.
  /// - Returns: the generator.
  /// - Source: mHC (arXiv:2512.24880) Eq. (7), (8), §4.2; Eq. (14) to (18), §4.3.1.
  static func overAllStreams(
    logits: Formula, mixing: Formula, constrain: Arithmetic, constrainBackward: Arithmetic, source: String
  ) -> CoefficientGenerator {
    let (n, C) = (Notation.n, Notation.C)
    let width = logits + 2 * n
    let groups: Formula = logits.isZero ? 2 : 3
    let squares = Arithmetic.multiplyAdds(n * C)
    // r = sqrt(Σx² / nC).
    let statistic = Arithmetic(divisions: 1, squareRoots: 1)
    return CoefficientGenerator(
      width: width,
      coefficients: mixing + 2 * n,
      mixing: mixing,
      projectionWeights: n * C * width,
      scalesAndBiases: width + groups,
      project: .multiplyAdds(n * C * width) + squares + statistic,
      // α/r for every group, one multiply-add an output, σ for 2n of them, the 2 of 2σ for n.
      activate: Arithmetic(multiplications: groups, divisions: 1) + .multiplyAdds(width)
        + Arithmetic(additions: 2 * n, multiplications: n, divisions: 2 * n, exponentials: 2 * n),
      constrain: constrain,
      // φ's gradient and the streams' are a product each; the norm adds a multiple of x.
      projectBackward: .multiplyAdds(2 * n * C * width) + .multiplyAdds(n * C),
      // α/r and σ again; σ' = σ(1 − σ) for 2n, the 2 of 2σ for n.
      activateBackward: Arithmetic(multiplications: groups, divisions: 1) + .multiplyAdds(2 * n)
        + Arithmetic(additions: 2 * n, divisions: 2 * n, exponentials: 2 * n)
        + Arithmetic(additions: 2 * n, multiplications: 5 * n)
        // For every output: b's sum, the projection's gradient, and S = Σ ∂H̃ p over its group.
        + Arithmetic(additions: width, multiplications: width) + .multiplyAdds(width)
        // For every group: S/r into α's sum, αS into the norm's; that one times −1/(nC r³) multiplies x.
        + Arithmetic(additions: groups, multiplications: groups) + .multiplyAdds(groups)
        + Arithmetic(multiplications: 3, divisions: 1),
      remakeLogits: .multiplyAdds(logits),
      constrainBackward: constrainBackward,
      statistics: 1,
      source: source)
  }

  /// mHC: doubly stochastic H_res by Sinkhorn-Knopp.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (7) to (9), §4.2.
  static let manifold = overAllStreams(
    logits: Notation.n * Notation.n, mixing: Notation.n * Notation.n,
    constrain: SinkhornKnopp.forward, constrainBackward: SinkhornKnopp.backward,
    source: "mHC (arXiv:2512.24880) Eq. (7) to (9), §4.2")
}
