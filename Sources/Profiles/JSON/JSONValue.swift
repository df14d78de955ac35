import FoundationEssentials
import Messages

/// A JSON document as a tree.
enum JSONValue: Hashable, Sendable {
  case null
  case bool(Bool)
  /// A number without a fraction that an `Int` holds exactly, however it was written: `4096`, `4096.0`, `4.096e3`.
  case integer(Int)
  /// Any other finite number.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// The value as an error message shows it: on one line and short.
  var shown: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): "\"\(shortened(value))\""
    case .array(let values): values.isEmpty ? "an empty array" : "an array of \(values.count)"
    case .object: "an object"
    }
  }
}

extension JSONValue: Decodable {
  init(from decoder: any Decoder) throws {
    // The decoder does not tell what it has, so each kind is tried, the frequent ones first: a failure takes longest.
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? single.decode(String.self) {
      self = .string(value)
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if var list = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !list.isAtEnd { values.append(try list.decode(JSONValue.self)) }
      self = .array(values)
    } else if let members = try? decoder.container(keyedBy: Key.self) {
      var values: [String: JSONValue] = [:]
      for key in members.allKeys { values[key.stringValue] = try members.decode(JSONValue.self, forKey: key) }
      self = .object(values)
    } else {
      self = .number(try single.decode(Double.self))
    }
  }

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
