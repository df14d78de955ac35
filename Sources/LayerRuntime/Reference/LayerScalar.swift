#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The arithmetic that the reference needs of a scalar, so that a scalar that counts can stand in for `Double`.
public protocol LayerScalar: Comparable, Sendable {
  /// A constant; making one is no arithmetic.
  init(_ value: Double)
  /// The value.
  var double: Double { get }
  /// A sum.
  static func + (left: Self, right: Self) -> Self
  /// A difference.
  static func - (left: Self, right: Self) -> Self
  /// A product.
  static func * (left: Self, right: Self) -> Self
  /// A quotient.
  static func / (left: Self, right: Self) -> Self
  /// A change of sign, which is no arithmetic.
  static prefix func - (value: Self) -> Self
  /// √.
  func squareRoot() -> Self
  /// exp.
  func exponential() -> Self
  /// log; the log-domain form of Sinkhorn-Knopp alone needs it, and it counts as an exponential.
  func logarithm() -> Self
  /// tanh.
  func hyperbolicTangent() -> Self
}

extension Double: LayerScalar {
  /// The value itself.
  public var double: Double { self }
  /// exp, by the C library.
  public func exponential() -> Double { exp(self) }
  /// log, by the C library.
  public func logarithm() -> Double { log(self) }
  /// tanh, by the C library.
  public func hyperbolicTangent() -> Double { tanh(self) }
}
