/// A whole number of one unit: bytes, elements, FLOPs.
///
/// The paper's tables are polynomials with integer values, so counts are integers and are compared with `==`.
/// Adding and scaling throw instead of trapping: sizes come from files, and files can be absurd.
public protocol ExactQuantity: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The unit as printed after a number, such as `B` or `FLOP`.
  static var unit: String { get }
  /// How many units.
  var count: Int { get set }
  /// A quantity of `count` units.
  init(_ count: Int)
}

extension ExactQuantity {
  /// No units at all.
  @inlinable public static var zero: Self { Self(0) }

  /// Orders by count.
  @inlinable public static func < (left: Self, right: Self) -> Bool { left.count < right.count }

  /// The exact sum.
  /// - Throws: ``OverflowError`` when the sum does not fit in 64 bits.
  @inlinable public static func + (left: Self, right: Self) throws(OverflowError) -> Self {
    let (sum, overflow) = left.count.addingReportingOverflow(right.count)
    if overflow { throw OverflowError("\(left) + \(right)") }
    return Self(sum)
  }

  /// Adds in place.
  /// - Throws: ``OverflowError`` when the sum does not fit in 64 bits.
  @inlinable public static func += (left: inout Self, right: Self) throws(OverflowError) { left = try left + right }

  /// The exact difference, which may be negative.
  /// - Throws: ``OverflowError`` when the difference does not fit in 64 bits.
  @inlinable public static func - (left: Self, right: Self) throws(OverflowError) -> Self {
    let (difference, overflow) = left.count.subtractingReportingOverflow(right.count)
    if overflow { throw OverflowError("\(left) - \(right)") }
    return Self(difference)
  }

  /// The exact multiple.
  /// - Throws: ``OverflowError`` when the product does not fit in 64 bits.
  @inlinable public static func * (factor: Int, quantity: Self) throws(OverflowError) -> Self {
    let (result, overflow) = quantity.count.multipliedReportingOverflow(by: factor)
    if overflow { throw OverflowError("\(factor) × \(quantity)") }
    return Self(result)
  }

  /// The count and its unit.
  public var description: String { "\(count) \(Self.unit)" }
}

/// Scalars of a tensor, whatever their format.
public struct Elements: ExactQuantity {
  /// `elements`.
  public static let unit = "elements"
  /// How many scalars.
  public var count: Int
  /// A number of scalars.
  @inlinable public init(_ count: Int) { self.count = count }
}

/// Floating-point operations under the ledger's counting rule.
public struct FLOPs: ExactQuantity {
  /// `FLOP`.
  public static let unit = "FLOP"
  /// How many operations.
  public var count: Int
  /// A number of operations.
  @inlinable public init(_ count: Int) { self.count = count }
}
