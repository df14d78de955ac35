import CostModel
import Messages

extension ObjectReader {
  /// A whole number with its kind and source: `{"value": 8, "kind": "datasheet", "source": "…"}`.
  func sourcedInt(_ key: String, in range: ClosedRange<Int>) throws(ProfileError) -> Sourced<Int> {
    let entry = try object(key)
    return try entry.sourced(try entry.int("value", in: range))
  }

  /// A number with its kind and source.
  func sourcedDouble(_ key: String, in range: ClosedRange<Double>) throws(ProfileError) -> Sourced<Double> {
    let entry = try object(key)
    return try entry.sourced(try entry.double("value", in: range))
  }

  /// `true` or `false` with its kind and source.
  func sourcedBool(_ key: String) throws(ProfileError) -> Sourced<Bool> {
    let entry = try object(key)
    return try entry.sourced(try entry.bool("value"))
  }

  /// A range with its kind and source: `{"low": …, "expected": …, "high": …, "kind": "measured", "source": "…"}`.
  func sourcedEstimate(
    _ key: String, in range: ClosedRange<Double>
  ) throws(ProfileError) -> Sourced<Estimate<Double>> {
    let entry = try object(key)
    let low = try entry.double("low", in: range)
    let expected = try entry.double("expected", in: range)
    let high = try entry.double("high", in: range)
    guard low <= expected else { throw entry.error("low", "expected at most expected (\(expected)), found \(low)") }
    guard expected <= high else { throw entry.error("high", "expected at least expected (\(expected)), found \(high)") }
    return try entry.sourced(Estimate(low: low, expected: expected, high: high))
  }

  /// The value with the kind and source beside it; the object has no other keys.
  private func sourced<Value>(_ value: Value) throws(ProfileError) -> Sourced<Value> {
    let kind = try string("kind", oneOf: SourceKind.allCases.map(\.rawValue))
    let source = singleLine(try string("source"))
    try finish()
    // The reader took no other text.
    return Sourced(value, kind: SourceKind(rawValue: kind) ?? .assumed, source: source)
  }
}

extension Sourced {
  /// The same kind and source for the value in another unit.
  func map<Other>(_ transform: (Value) -> Other) -> Sourced<Other> {
    Sourced<Other>(transform(value), kind: kind, source: source)
  }
}
