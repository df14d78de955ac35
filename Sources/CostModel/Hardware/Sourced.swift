/// A number of a hardware profile with where it comes from.
public struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
  /// The number.
  public var value: Value
  /// How the number is known.
  public var kind: SourceKind
  /// The document, the measurement or the argument behind it.
  public var source: String

  /// A value with its kind and source.
  public init(_ value: Value, kind: SourceKind, source: String) {
    self.value = value
    self.kind = kind
    self.source = source
  }
}

/// How a number is known; a range is known no better than the weakest of its three numbers.
public enum SourceKind: String, CaseIterable, Hashable, Sendable {
  /// Printed by the maker.
  case datasheet
  /// Measured, here or in a cited publication.
  case measured
  /// Neither: our assumption, labelled as one in every output that uses it.
  case assumed
}

/// A low, an expected and a high value of one quantity; low is never above high.
public struct Estimate<Value: Comparable & Hashable & Sendable>: Hashable, Sendable {
  /// The least that is plausible.
  public var low: Value
  /// The best single guess.
  public var expected: Value
  /// The most that is plausible.
  public var high: Value

  /// A range with `low ≤ expected ≤ high`; the caller has checked the order.
  public init(low: Value, expected: Value, high: Value) {
    self.low = low
    self.expected = expected
    self.high = high
  }

  /// A value known exactly.
  public init(exactly value: Value) {
    self.init(low: value, expected: value, high: value)
  }
}
