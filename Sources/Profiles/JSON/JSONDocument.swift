import FoundationEssentials

/// Reads the bytes of a file into a tree, or says in one line why they are not a JSON document we take.
enum JSONDocument {
  /// The largest file taken.
  ///
  /// Published configurations are under 100 KB; at this size the decoder needs up to a second.
  static let maximumBytes = 1 << 20
  /// The deepest nesting taken.
  ///
  /// Published configurations reach 5; the decoder recurses, so this bounds its stack.
  static let maximumDepth = 32

  /// The members of the object that `bytes` hold.
  ///
  /// Stricter than the decoder, which takes duplicate keys, trailing commas, UTF-16 and a byte-order mark, and does
  /// not tell where an error is: ``JSONSyntax`` looks at the bytes first.
  static func members(of bytes: [UInt8], file: String) throws(ProfileError) -> [String: JSONValue] {
    func error(_ problem: String) -> ProfileError { ProfileError(file: file, key: "", problem: problem) }

    guard bytes.count <= maximumBytes else {
      throw error("expected a file of at most \(maximumBytes) bytes, found a larger one")
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw error("expected UTF-8 without a byte-order mark, found one; save the file without it")
    }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw error("expected JSON in UTF-8, found bytes that are not UTF-8")
    }
    do {
      var syntax = JSONSyntax(bytes, maximumDepth: maximumDepth)
      try syntax.check()
    } catch {
      throw ProfileError(file: file, key: "", problem: error.problem)
    }
    guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else {
      throw error("expected valid JSON, found a value that is not")
    }
    guard case .object(let members) = value else {
      throw error("expected a JSON object, found \(value.shown)")
    }
    return members
  }
}
