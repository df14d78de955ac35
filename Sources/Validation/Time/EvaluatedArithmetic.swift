import CostModel
import Quantities

/// A row's arithmetic at given sizes, by kind.
struct EvaluatedArithmetic: Hashable, Sendable {
  var additions = 0.0
  var multiplications = 0.0
  var divisions = 0.0
  var squareRoots = 0.0
  var exponentials = 0.0
  var tangents = 0.0

  init() {}

  /// The ledger's arithmetic for one token.
  init(_ arithmetic: Arithmetic, at values: SymbolValues) throws(OverflowError) {
    additions = Double(try arithmetic.additions.evaluate(at: values))
    multiplications = Double(try arithmetic.multiplications.evaluate(at: values))
    divisions = Double(try arithmetic.divisions.evaluate(at: values))
    squareRoots = Double(try arithmetic.squareRoots.evaluate(at: values))
    exponentials = Double(try arithmetic.exponentials.evaluate(at: values))
    tangents = Double(try arithmetic.tangents.evaluate(at: values))
  }

  /// `count` multiply-adds.
  static func multiplyAdds(_ count: Double) -> EvaluatedArithmetic {
    var result = EvaluatedArithmetic()
    (result.additions, result.multiplications) = (count, count)
    return result
  }

  private func with(_ other: EvaluatedArithmetic, _ combine: (Double, Double) -> Double) -> EvaluatedArithmetic {
    var result = self
    let kinds: [WritableKeyPath<EvaluatedArithmetic, Double>] = [
      \.additions, \.multiplications, \.divisions, \.squareRoots, \.exponentials, \.tangents,
    ]
    for kind in kinds { result[keyPath: kind] = combine(result[keyPath: kind], other[keyPath: kind]) }
    return result
  }
  static func + (left: Self, right: Self) -> Self { left.with(right, +) }
  static func - (left: Self, right: Self) -> Self { left.with(right, -) }

  /// FLOPs under the ledger's counting rule.
  var flops: Double { additions + multiplications + divisions + squareRoots + exponentials + tangents }

  /// Results of vector code by kind, for `tokens` tokens.
  ///
  /// An addition and a multiplication are one multiply-add where there are both; what is left over takes an instruction
  /// too. A hyperbolic tangent is an exponential, a division and the eight multiply-adds of a polynomial, both branches
  /// being computed.
  ///
  /// - Parameters:
  ///   - tokens: so many.
  ///   - products: what the multiply-adds are: of registers alone, or of matrix products whose factors are loaded.
  /// - Returns: how many of each kind.
  func vector(tokens: Double, products: VectorWork = .multiplyAdd) -> [VectorWork: Double] {
    let multiplyAdds = max(additions, multiplications) + 8 * tangents
    return [
      products: tokens * multiplyAdds, .division: tokens * (divisions + tangents),
      .squareRoot: tokens * squareRoots, .exponential: tokens * (exponentials + tangents),
    ]
  }

  /// The same where lines of `line` numbers are divided by sums that wait for each other: a sum and a product of each number
  /// are part of the divisions, of lines of four; what there is beyond them is not.
  func chained(tokens: Double, line: Double) -> [VectorWork: Double] {
    let rest = max(0, additions + multiplications - 2 * line * divisions)
    return [
      .dependentDivision: tokens * divisions * line / 4, .exponential: tokens * exponentials,
      .multiplyAdd: tokens * rest,
    ]
  }
}
