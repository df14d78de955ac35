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
public func product(_ what: @autoclosure () -> String, _ factors: Int...) throws(OverflowError) -> Int {
  var result = 1
  for factor in factors {
    let (next, overflow) = result.multipliedReportingOverflow(by: factor)
    if overflow {
      throw OverflowError("\(what()) = \(factors.map(String.init).joined(separator: " × "))")
    }
    result = next
  }
  return result
}
