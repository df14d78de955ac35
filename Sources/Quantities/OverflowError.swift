/// An exact count that does not fit in 64 bits, with the expression that grew too large.
public struct OverflowError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The sum or product as a person would write it: `4 × 4096 × 9007199254740993`.
  public let expression: String

  /// Describes an overflow of `expression`.
  public init(_ expression: String) {
    self.expression = expression
  }

  /// One line that names the expression.
  public var description: String { "\(expression) is larger than a 64-bit integer can hold" }
}

/// The product of exact counts.
///
/// - Parameters:
///   - what: what the product stands for, named in the error.
///   - factors: the factors, in the order in which the error prints them.
/// - Returns: the exact product.
/// - Throws: ``OverflowError`` that names `what` and every factor.
@inlinable
public func product(_ what: @autoclosure () -> String, _ factors: Int...) throws(OverflowError) -> Int {
  var result = 1
  var overflows = false
  for factor in factors {
    let (next, overflow) = result.multipliedReportingOverflow(by: factor)
    result = next
    overflows = overflows || overflow
  }
  if overflows { throw OverflowError(what(), factors) }
  return result
}

/// The product of two exact counts, without a list of factors.
///
/// - Parameters:
///   - what: what the product stands for, named in the error.
///   - first: the first factor.
///   - second: the second factor.
/// - Returns: the exact product.
/// - Throws: ``OverflowError`` that names `what` and both factors.
@inlinable
public func product(
  _ what: @autoclosure () -> String, _ first: Int, _ second: Int
) throws(OverflowError) -> Int {
  let (result, overflow) = first.multipliedReportingOverflow(by: second)
  if overflow { throw OverflowError(what(), [first, second]) }
  return result
}

extension OverflowError {
  /// The overflow of a product.
  @usableFromInline
  init(_ what: String, _ factors: [Int]) {
    self.init("\(what) = \(factors.map(String.init).joined(separator: " × "))")
  }
}
