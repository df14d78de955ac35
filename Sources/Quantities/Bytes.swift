/// A whole number of bytes.
public struct Bytes: ExactQuantity {
  /// `B`.
  public static let unit = "B"
  /// How many bytes.
  public var count: Int
  /// A number of bytes.
  @inlinable public init(_ count: Int) { self.count = count }

  /// 2³⁰ bytes, the unit in which memory is printed.
  public static let bytesPerGibibyte = 1 << 30

  /// A capacity in GiB.
  /// - Parameter gibibytes: finite, not negative, below 2³³ (8 EiB).
  /// - Returns: the capacity rounded down to a byte; nil outside that range.
  public static func gibibytes(_ gibibytes: Double) -> Bytes? {
    guard gibibytes.isFinite, gibibytes >= 0, gibibytes < 8_589_934_592 else { return nil }
    return Bytes(Int(gibibytes * Double(bytesPerGibibyte)))
  }

  /// The size in GiB, for printing only.
  public var gibibytes: Double { Double(count) / Double(Self.bytesPerGibibyte) }
}
