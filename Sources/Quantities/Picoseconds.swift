/// A whole number of picoseconds, for timelines: times that are added in any order stay equal.
///
/// A picosecond resolves the fastest kernel, and 64 bits hold a hundred days.
public struct Picoseconds: ExactQuantity {
  /// `ps`.
  public static let unit = "ps"
  /// How many picoseconds.
  public var count: Int
  /// A number of picoseconds.
  @inlinable public init(_ count: Int) { self.count = count }

  /// The time rounded to a picosecond; nil outside 0 to 10⁶ s.
  /// - Parameter seconds: the time.
  public init?(rounding seconds: Seconds) {
    guard seconds.value >= 0, seconds.value <= 1e6 else { return nil }
    self.init(Int((seconds.value * 1e12).rounded()))
  }

  /// The time in seconds.
  public var seconds: Seconds { Seconds(Double(count) / 1e12) }
}
