/// Counts of arithmetic operations, by kind, for one token.
///
/// The counting rule: every addition or subtraction, multiplication, division, square root, exponential and
/// hyperbolic tangent is one FLOP; a multiply-add is two. A dot product of length K is K multiplications and
/// K additions, as its accumulator starts from zero. Comparisons, conversions and copies are none.
public struct Arithmetic: Hashable, Sendable {
  /// Additions and subtractions.
  public var additions: Formula
  /// Multiplications.
  public var multiplications: Formula
  /// Divisions.
  public var divisions: Formula
  /// Square roots.
  public var squareRoots: Formula
  /// Exponentials.
  public var exponentials: Formula
  /// Hyperbolic tangents, in HC's coefficients only.
  public var tangents: Formula

  /// Counts by kind; a kind that is left out is zero.
  public init(
    additions: Formula = 0, multiplications: Formula = 0, divisions: Formula = 0, squareRoots: Formula = 0,
    exponentials: Formula = 0, tangents: Formula = 0
  ) {
    self.additions = additions
    self.multiplications = multiplications
    self.divisions = divisions
    self.squareRoots = squareRoots
    self.exponentials = exponentials
    self.tangents = tangents
  }

  /// No arithmetic.
  public static let none = Arithmetic()

  /// `count` multiply-adds.
  public static func multiplyAdds(_ count: Formula) -> Arithmetic {
    Arithmetic(additions: count, multiplications: count)
  }

  /// The sum, kind by kind.
  public static func + (left: Arithmetic, right: Arithmetic) -> Arithmetic {
    Arithmetic(
      additions: left.additions + right.additions,
      multiplications: left.multiplications + right.multiplications,
      divisions: left.divisions + right.divisions,
      squareRoots: left.squareRoots + right.squareRoots,
      exponentials: left.exponentials + right.exponentials,
      tangents: left.tangents + right.tangents)
  }

  /// Every kind scaled by `factor`.
  public static func * (factor: Formula, right: Arithmetic) -> Arithmetic {
    Arithmetic(
      additions: factor * right.additions,
      multiplications: factor * right.multiplications,
      divisions: factor * right.divisions,
      squareRoots: factor * right.squareRoots,
      exponentials: factor * right.exponentials,
      tangents: factor * right.tangents)
  }

  /// FLOPs under the counting rule.
  public var flops: Formula {
    additions + multiplications + divisions + squareRoots + exponentials + tangents
  }
}

/// What part of a processor does an operation's arithmetic.
public enum ComputeUnit: String, CaseIterable, Hashable, Sendable {
  /// Matrix units (tensor cores, matrix products through a BLAS).
  case matrix
  /// Vector lanes.
  case vector
}
