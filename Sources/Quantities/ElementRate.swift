/// Results of one kind a second: exponentials, conversions, multiply-adds.
public struct ElementsPerSecond: RealQuantity {
  /// `elements/s`.
  public static let unit = "elements/s"
  /// The rate in results a second.
  public let value: Double
  /// A rate in results a second.
  public init(_ value: Double) { self.value = value }
}

/// The time to make `elements` results at `rate`.
public func / (elements: Elements, rate: ElementsPerSecond) -> Seconds {
  Seconds(Double(elements.count) / rate.value)
}
