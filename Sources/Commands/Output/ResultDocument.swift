import FoundationEssentials

/// A command's result as one JSON document.
///
/// A document begins with its schema; every other key is sorted, at every level, so that the same input gives the
/// same bytes.
protocol ResultDocument: Encodable {
  /// The command's name, the middle part of the schema.
  static var command: String { get }
  /// The last part of the schema; raised when a key changes its meaning or goes away.
  static var version: Int { get }
}

extension ResultDocument {
  static var schema: String { "mhc-plan/\(command)/\(version)" }

  /// The whole document, or an error: never a part of it.
  func jsonText() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let sorted = String(decoding: try encoder.encode(self), as: UTF8.self)
    guard sorted.hasPrefix("{\n") else { return sorted }
    return "{\n  \"schema\" : \"\(Self.schema)\",\n" + sorted.dropFirst(2)
  }
}
