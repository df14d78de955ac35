import Messages

/// Takes the values of one JSON object by key, each with its type and range, and throws a ``ProfileError`` that names
/// the file and the key path for any that is not as it should be.
///
/// It remembers which keys were asked for: what is left at the end is unknown, and what was asked for is what a
/// misspelt key may have meant. A key whose value is `null` counts as absent.
final class ObjectReader {
  /// The file as the user named it.
  let file: String
  /// Where the object is in the document; empty for the whole of it.
  let path: String
  /// The members of the object.
  let members: [String: JSONValue]
  private(set) var askedKeys: Set<String> = []

  /// A reader of the object that the bytes hold.
  convenience init(bytes: [UInt8], file: String) throws(ProfileError) {
    self.init(members: try JSONDocument.members(of: bytes, file: file), file: file, path: "")
  }

  /// A reader of these members, found at `path` of `file`.
  init(members: [String: JSONValue], file: String, path: String) {
    self.members = members
    self.file = file
    self.path = path
  }

  // MARK: Errors

  /// An error at `key` of this object.
  func error(_ key: String, _ problem: String) -> ProfileError {
    ProfileError(file: file, key: keyPath(path, key), problem: problem)
  }

  /// The error of a value that is not as expected.
  func mismatch(_ key: String, expected: String, found: JSONValue) -> ProfileError {
    error(key, "expected \(expected), found \(found.shown)")
  }

  /// The error of a key that has to be there and is not.
  func missing(_ key: String, expected: String) -> ProfileError {
    let near = nearestName(to: key, among: unaskedKeys).map { "; is \"\(shortened($0))\" meant to be it?" } ?? ""
    return error(key, "expected \(expected), found no such key\(near)")
  }

  /// Throws unless `holds`, which says that the value at the key goes with the others.
  func check(
    _ key: String, _ holds: Bool, expected: @autoclosure () -> String, found: Int
  ) throws(ProfileError) {
    if holds { return }
    let origin = has(key) ? "found \(found)" : "found no such key, for which \(found) is taken"
    throw error(key, "expected \(expected()), \(origin)")
  }

  // MARK: Unknown keys

  /// The keys nobody asked for, in alphabetical order.
  var unaskedKeys: [String] { members.keys.filter { !askedKeys.contains($0) }.sorted() }

  /// Takes note of a key that is known, though its value is not needed.
  func ignore(_ keys: some Sequence<String>) { askedKeys.formUnion(keys) }

  /// Throws if there is a key that nobody asked for; call it once all were.
  func finish() throws(ProfileError) {
    guard let unknown = unaskedKeys.first else { return }
    let near = nearestName(to: unknown, among: askedKeys)
    let suggestion =
      near.map { "; did you mean \"\($0)\"?" } ?? "; known: \(askedKeys.sorted().joined(separator: ", "))"
    throw error(unknown, "expected only known keys, found this one\(suggestion)")
  }

  // MARK: Values

  /// Whether the key is there with a value other than `null`; counts as asking for it.
  func has(_ key: String) -> Bool { value(key) != nil }

  /// The value as it stands; nil where the key is absent or `null`.
  func value(_ key: String) -> JSONValue? {
    askedKeys.insert(key)
    guard let value = members[key], value != .null else { return nil }
    return value
  }

  /// The value that `take` makes of what is there, nil if the key is absent.
  func optional<Value>(
    _ key: String, expected: @autoclosure () -> String, _ take: (JSONValue) -> Value?
  ) throws(ProfileError) -> Value? {
    guard let found = value(key) else { return nil }
    guard let taken = take(found) else { throw mismatch(key, expected: expected(), found: found) }
    return taken
  }

  /// The value that `take` makes of what is there.
  func required<Value>(
    _ key: String, expected: @autoclosure () -> String, _ take: (JSONValue) -> Value?
  ) throws(ProfileError) -> Value {
    guard let taken = try optional(key, expected: expected(), take) else {
      throw missing(key, expected: expected())
    }
    return taken
  }
}
