/// A real-valued physical quantity held in the unit that its type names.
public protocol RealQuantity: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The unit as printed after a number, such as `s` or `B/s`.
  static var unit: String { get }
  /// The value in that unit.
  var value: Double { get }
  /// A quantity of `value` units.
  init(_ value: Double)
}

extension RealQuantity {
  /// Nothing.
  public static var zero: Self { Self(0) }
  /// Orders by value.
  public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
  /// The sum.
  public static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }
  /// Adds in place.
  public static func += (left: inout Self, right: Self) { left = left + right }
  /// The difference.
  public static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }
  /// The multiple.
  public static func * (factor: Double, quantity: Self) -> Self { Self(factor * quantity.value) }
  /// The ratio of two quantities of one unit.
  public static func / (left: Self, right: Self) -> Double { left.value / right.value }
  /// The value and its unit.
  public var description: String { "\(value) \(Self.unit)" }
}

/// A time.
public struct Seconds: RealQuantity {
  /// `s`.
  public static let unit = "s"
  /// The time in seconds.
  public let value: Double
  /// A time in seconds.
  public init(_ value: Double) { self.value = value }
}

/// A bandwidth.
public struct BytesPerSecond: RealQuantity {
  /// `B/s`.
  public static let unit = "B/s"
  /// The bandwidth in bytes a second.
  public let value: Double
  /// A bandwidth in bytes a second.
  public init(_ value: Double) { self.value = value }
}

/// An arithmetic rate.
public struct FLOPsPerSecond: RealQuantity {
  /// `FLOP/s`.
  public static let unit = "FLOP/s"
  /// The rate in floating-point operations a second.
  public let value: Double
  /// A rate in floating-point operations a second.
  public init(_ value: Double) { self.value = value }
}

// The only crossings between units that the model needs.

/// The time to move `bytes` at `rate`.
public func / (bytes: Bytes, rate: BytesPerSecond) -> Seconds { Seconds(Double(bytes.count) / rate.value) }

/// The time to do `work` at `rate`.
public func / (work: FLOPs, rate: FLOPsPerSecond) -> Seconds { Seconds(Double(work.count) / rate.value) }
