import Messages

extension ObjectReader {
  /// A whole number within the range.
  func int(_ key: String, in range: ClosedRange<Int>) throws(ProfileError) -> Int {
    try required(key, expected: wholeNumber(range)) { integer($0, in: range) }
  }

  /// A whole number within the range; nil where the key is absent.
  func optionalInt(_ key: String, in range: ClosedRange<Int>) throws(ProfileError) -> Int? {
    try optional(key, expected: wholeNumber(range)) { integer($0, in: range) }
  }

  /// A whole number within the range, or nil for a `null` that has to be written.
  func intOrNull(_ key: String, in range: ClosedRange<Int>) throws(ProfileError) -> Int? {
    guard members[key] != nil else { throw missing(key, expected: "\(wholeNumber(range)) or null") }
    return try optional(key, expected: "\(wholeNumber(range)) or null") { integer($0, in: range) }
  }

  /// A number within the range; never NaN or infinite.
  func double(_ key: String, in range: ClosedRange<Double>) throws(ProfileError) -> Double {
    try required(key, expected: realNumber(range)) { real($0, in: range) }
  }

  /// A number within the range; nil where the key is absent.
  func optionalDouble(_ key: String, in range: ClosedRange<Double>) throws(ProfileError) -> Double? {
    try optional(key, expected: realNumber(range)) { real($0, in: range) }
  }

  /// `true` or `false`.
  func bool(_ key: String) throws(ProfileError) -> Bool {
    try required(key, expected: "true or false") { if case .bool(let value) = $0 { value } else { nil } }
  }

  /// `true` or `false`; nil where the key is absent.
  func optionalBool(_ key: String) throws(ProfileError) -> Bool? {
    try optional(key, expected: "true or false") { if case .bool(let value) = $0 { value } else { nil } }
  }

  /// A text that is not empty, of at most `limit` bytes.
  func string(_ key: String, limit: Int = 1000) throws(ProfileError) -> String {
    try required(key, expected: text(limit)) { nonEmpty($0, limit: limit) }
  }

  /// A text that is not empty; nil where the key is absent.
  func optionalString(_ key: String, limit: Int = 1000) throws(ProfileError) -> String? {
    try optional(key, expected: text(limit)) { nonEmpty($0, limit: limit) }
  }

  /// One of these texts; the error suggests the nearest.
  func string(_ key: String, oneOf known: [String]) throws(ProfileError) -> String {
    guard let value = try optionalString(key, oneOf: known) else { throw missing(key, expected: choice(known)) }
    return value
  }

  /// One of these texts; nil where the key is absent.
  func optionalString(_ key: String, oneOf known: [String]) throws(ProfileError) -> String? {
    guard let found = value(key) else { return nil }
    guard case .string(let value) = found else { throw mismatch(key, expected: choice(known), found: found) }
    guard known.contains(value) else {
      let near = nearestName(to: value, among: known).map { "; did you mean \"\(shortened($0))\"?" } ?? ""
      throw error(key, "expected \(choice(known)), found \(found.shown)\(near)")
    }
    return value
  }
}

private func integer(_ value: JSONValue, in range: ClosedRange<Int>) -> Int? {
  guard case .integer(let number) = value, range.contains(number) else { return nil }
  return number
}

func real(_ value: JSONValue, in range: ClosedRange<Double>) -> Double? {
  let number: Double
  switch value {
  case .integer(let whole): number = Double(whole)
  case .number(let real): number = real
  default: return nil
  }
  return number.isFinite && range.contains(number) ? number : nil
}

private func nonEmpty(_ value: JSONValue, limit: Int) -> String? {
  guard case .string(let text) = value, (1...limit).contains(text.utf8.count) else { return nil }
  return text
}

func wholeNumber(_ range: ClosedRange<Int>) -> String {
  if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
  return range.upperBound == .max
    ? "a whole number of at least \(range.lowerBound)"
    : "a whole number from \(range.lowerBound) to \(range.upperBound)"
}

func realNumber(_ range: ClosedRange<Double>) -> String {
  let isAboveZero = range.lowerBound == .leastNonzeroMagnitude
  switch (isAboveZero, range.upperBound >= .greatestFiniteMagnitude) {
  case (true, true): return "a number above 0"
  case (true, false): return "a number above 0 and at most \(range.upperBound)"
  case (false, true): return "a number of at least \(range.lowerBound)"
  case (false, false): return "a number from \(range.lowerBound) to \(range.upperBound)"
  }
}

private func text(_ limit: Int) -> String { "a text of 1 to \(limit) bytes" }

/// Names as a message lists them; a document may make up any number of them, of any length.
private func choice(_ known: [String]) -> String {
  let listed = known.prefix(20).map { "\"\(shortened($0))\"" }.joined(separator: ", ")
  if known.count == 1 { return listed }
  return "one of \(listed)\(known.count > 20 ? " and \(known.count - 20) more" : "")"
}
