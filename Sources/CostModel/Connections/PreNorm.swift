/// The RMSNorm at the head of a layer function: C numbers in, C out.
///
/// It belongs to the layer function, except where a fused kernel makes its output.
public enum PreNorm {
  /// Of the C channels of a layer input.
  public static var arithmetic: Arithmetic { arithmetic(width: Notation.C, isWeighted: true) }

  /// An RMSNorm of `width` numbers: a sum of squares, a statistic (mean, root, reciprocal), a scaling, and a weight where there
  /// is one.
  ///
  /// - Parameters:
  ///   - width: numbers of all norms of a token.
  ///   - norms: how many norms they are.
  ///   - isWeighted: whether each number has a weight.
  /// - Returns: what one token takes.
  static func arithmetic(width: Formula, norms: Formula = 1, isWeighted: Bool) -> Arithmetic {
    .multiplyAdds(width)
      + Arithmetic(multiplications: (isWeighted ? 2 : 1) * width, divisions: 2 * norms, squareRoots: norms)
  }

  /// The forward row.
  public static var forward: Operation {
    Operation(
      "pre-norm", reads: [.init("u", .activation, Notation.C)], writes: [.init("norm(u)", .activation, Notation.C)],
      arithmetic: arithmetic, source: "RMSNorm (arXiv:1910.07467)")
  }

  /// The backward row: the gradient of its input from that of its output; the weight's gradient is summed on the way.
  public static var backward: Operation {
    let C = Notation.C
    return Operation(
      "pre-norm backward",
      reads: [.init("grad norm(u)", .activation, C), .init("u", .activation, C)],
      writes: [.init("grad u", .activation, C)],
      // The statistic again; then for every channel: norm(u), the weight's sum, the gradient times the weight, its sum
      // with norm(u), and the difference, scaled.
      arithmetic: .multiplyAdds(C) + Arithmetic(divisions: 2, squareRoots: 1) + .multiplyAdds(3 * C)
        + Arithmetic(multiplications: 3 * C, divisions: 1),
      source: "derived: the gradient of RMSNorm (arXiv:1910.07467)")
  }
}
