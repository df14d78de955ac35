/// How often each kind of arithmetic was done.
///
/// The kinds are those of the ledger's counting rule: a multiply-add is one addition and one multiplication.
public struct ArithmeticTally: Hashable, Sendable {
  /// Additions and subtractions.
  public var additions = 0
  /// Multiplications.
  public var multiplications = 0
  /// Divisions.
  public var divisions = 0
  /// Square roots.
  public var squareRoots = 0
  /// Exponentials and logarithms.
  public var exponentials = 0
  /// Hyperbolic tangents.
  public var tangents = 0

  /// Nothing counted.
  public init() {}

  /// Everything together.
  public var flops: Int { additions + multiplications + divisions + squareRoots + exponentials + tangents }

  /// What `body` does with ``CountingScalar``s, counted on this task alone.
  public static func counting(_ body: () throws -> Void) rethrows -> ArithmeticTally {
    let box = Box()
    try CountingScalar.$box.withValue(box, operation: body)
    return box.tally
  }

  /// Where a run of counting scalars adds up; used by one thread at a time.
  final class Box: @unchecked Sendable {
    var tally = ArithmeticTally()
  }
}

/// A `Double` that counts what is done with it.
///
/// It runs through the very loops that the reference runs with `Double`, so that what the ledger states can be counted
/// rather than believed.
public struct CountingScalar: LayerScalar {
  @TaskLocal static var box: ArithmeticTally.Box?

  /// The value.
  public var double: Double
  /// A constant.
  public init(_ value: Double) { double = value }

  private static func count(_ kind: WritableKeyPath<ArithmeticTally, Int>) { box?.tally[keyPath: kind] += 1 }

  /// A counted addition.
  public static func + (left: Self, right: Self) -> Self {
    count(\.additions)
    return Self(left.double + right.double)
  }
  /// A counted subtraction.
  public static func - (left: Self, right: Self) -> Self {
    count(\.additions)
    return Self(left.double - right.double)
  }
  /// A counted multiplication.
  public static func * (left: Self, right: Self) -> Self {
    count(\.multiplications)
    return Self(left.double * right.double)
  }
  /// A counted division.
  public static func / (left: Self, right: Self) -> Self {
    count(\.divisions)
    return Self(left.double / right.double)
  }
  /// A change of sign, not counted.
  public static prefix func - (value: Self) -> Self { Self(-value.double) }
  /// Orders by value; comparisons are not counted.
  public static func < (left: Self, right: Self) -> Bool { left.double < right.double }
  /// A counted square root.
  public func squareRoot() -> Self {
    Self.count(\.squareRoots)
    return Self(double.squareRoot())
  }
  /// A counted exponential.
  public func exponential() -> Self {
    Self.count(\.exponentials)
    return Self(double.exponential())
  }
  /// A counted logarithm.
  public func logarithm() -> Self {
    Self.count(\.exponentials)
    return Self(double.logarithm())
  }
  /// A counted hyperbolic tangent.
  public func hyperbolicTangent() -> Self {
    Self.count(\.tangents)
    return Self(double.hyperbolicTangent())
  }
}
