/// One of several parts that a search is cut into.
///
/// Layouts are dealt out in turn, so that parts take about as long.
public struct Shard: Hashable, Sendable {
  /// Which part, counted from 1.
  public let number: Int
  /// How many parts there are.
  public let count: Int

  /// The whole.
  public static let whole = Shard(unchecked: 1, of: 1)

  /// Part `number` of `count`; nil unless 1 ≤ number ≤ count.
  public init?(_ number: Int, of count: Int) {
    guard number >= 1, number <= count else { return nil }
    self.init(unchecked: number, of: count)
  }

  private init(unchecked number: Int, of count: Int) {
    self.number = number
    self.count = count
  }

  /// How many of `total` layouts are in the part.
  public func share(of total: Int) -> Int { total < number ? 0 : (total - number) / count + 1 }

  /// The place among all layouts of the part's layout `position`.
  func place(_ position: Int) -> Int { number - 1 + position * count }

  /// Whether the layout at this place is in the part.
  public func contains(place: Int) -> Bool { place % count == number - 1 }
}
