/// Sinkhorn-Knopp on one n×n matrix: arithmetic a token.
///
/// The exponential is taken of the logits less their largest. The paper prints exp alone; the factor this puts before
/// the matrix cancels in the first normalisation, and without it large logits overflow.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (9), §4.2.
enum SinkhornKnopp {
  /// exp, then t times: divide columns by their sums, divide rows by theirs.
  static let forward: Arithmetic = {
    let (n, t) = (Notation.n, Notation.t)
    let start = Arithmetic(additions: n * n, exponentials: n * n)
    return start + 2 * t * normalization(n)
  }()

  /// The forward pass again, then every normalisation and the exponential backwards.
  ///
  /// M' = M/s gives dM = (dM' − Σ dM' M') / s along the normalised direction. Intermediates are made again in registers
  /// and never stored.
  ///
  /// - Source: mHC (arXiv:2512.24880) §4.3.1, "custom backward".
  static let backward: Arithmetic = {
    let (n, t) = (Notation.n, Notation.t)
    let back = Arithmetic.multiplyAdds(n * n) + Arithmetic(additions: n * n, divisions: n * n)
    return forward + 2 * t * back + Arithmetic(multiplications: n * n)
  }()

  /// n sums of n numbers, n² quotients.
  private static func normalization(_ n: Formula) -> Arithmetic {
    Arithmetic(additions: n * n - n, divisions: n * n)
  }
}
