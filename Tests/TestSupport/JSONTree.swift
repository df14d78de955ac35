/// A JSON document as it is written: members in their order, numbers and strings as their text.
///
/// Unlike the program's own reader it keeps order and spelling, and unlike a document it may be wrong: keys given
/// twice, and values that are not JSON.
package indirect enum JSONTree {
  /// A number, a string with its quotes, `true`, `false` or `null`; or text that is no JSON.
  case raw(String)
  case array([JSONTree])
  case object([(key: String, value: JSONTree)])

  /// The tree of exactly one document.
  /// - Throws: ``Flaw`` with the byte at which the text stops to be one document.
  package init(_ text: String) throws(Flaw) {
    var scanner = Scanner(bytes: Array(text.utf8))
    self = try scanner.value()
    scanner.skipBlanks()
    if scanner.next != nil { throw scanner.flaw("one document, and nothing behind it") }
  }

  /// Where a text is not JSON.
  package struct Flaw: Error, CustomStringConvertible {
    package var description: String
  }

  /// The value at a path of keys, such as `memory.parts`; nil where there is none.
  package subscript(path: String) -> JSONTree? {
    path.split(separator: ".").reduce(self as JSONTree?) { tree, key in
      guard case .object(let members)? = tree else { return nil }
      return members.first { $0.key == key }?.value
    }
  }

  package var keys: [String] {
    if case .object(let members) = self { members.map(\.key) } else { [] }
  }

  package var elements: [JSONTree] {
    if case .array(let values) = self { values } else { [] }
  }

  package var int: Int? {
    if case .raw(let text) = self { Int(text) } else { nil }
  }

  package var double: Double? {
    if case .raw(let text) = self { Double(text) } else { nil }
  }

  package var bool: Bool? {
    if case .raw(let text) = self { Bool(text) } else { nil }
  }

  /// A string without its quotes, escapes as they stand.
  package var string: String? {
    if case .raw(let text) = self, text.hasPrefix("\"") { String(text.dropFirst().dropLast()) } else { nil }
  }

  /// Every object of the tree with its path, itself included.
  package var objects: [(path: String, members: [(key: String, value: JSONTree)])] {
    switch self {
    case .raw: []
    case .array(let values):
      values.enumerated().flatMap { index, value in value.objects.map { ("[\(index)].\($0.path)", $0.members) } }
    case .object(let members):
      [("", members)] + members.flatMap { key, value in value.objects.map { ("\(key).\($0.path)", $0.members) } }
    }
  }

  package func write(to text: inout String) {
    switch self {
    case .raw(let value): text += value
    case .array(let values):
      text += "["
      for (index, value) in values.enumerated() {
        if index > 0 { text += "," }
        value.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        text += "\(index > 0 ? "," : "")\"\(member.key)\":"
        member.value.write(to: &text)
      }
      text += "}"
    }
  }
}

/// A reader of RFC 8259, strict; nesting is not limited.
private struct Scanner {
  var bytes: [UInt8]
  var place = 0

  var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  func flaw(_ expected: String) -> JSONTree.Flaw {
    JSONTree.Flaw(description: "byte \(place) of \(bytes.count): expected \(expected)")
  }

  mutating func skipBlanks() {
    while let byte = next, " \n\r\t".utf8.contains(byte) { place += 1 }
  }

  mutating func take(_ character: Character) throws(JSONTree.Flaw) {
    guard next == character.asciiValue else { throw flaw("\(character)") }
    place += 1
  }

  mutating func value() throws(JSONTree.Flaw) -> JSONTree {
    skipBlanks()
    switch next.map({ Character(Unicode.Scalar($0)) }) {
    case "{": return try object()
    case "[": return try array()
    case "\"": return .raw("\"\(try string())\"")
    default: return .raw(try literal())
    }
  }

  mutating func object() throws(JSONTree.Flaw) -> JSONTree {
    try take("{")
    var members: [(key: String, value: JSONTree)] = []
    skipBlanks()
    while next != UInt8(ascii: "}") {
      if !members.isEmpty { try take(",") }
      skipBlanks()
      let key = try string()
      skipBlanks()
      try take(":")
      members.append((key, try value()))
      skipBlanks()
    }
    try take("}")
    return .object(members)
  }

  mutating func array() throws(JSONTree.Flaw) -> JSONTree {
    try take("[")
    var values: [JSONTree] = []
    skipBlanks()
    while next != UInt8(ascii: "]") {
      if !values.isEmpty { try take(",") }
      values.append(try value())
      skipBlanks()
    }
    try take("]")
    return .array(values)
  }

  /// What stands between the quotes.
  mutating func string() throws(JSONTree.Flaw) -> String {
    try take("\"")
    let start = place
    while let byte = next, byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw flaw("no control character in a string") }
      place += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard next != nil, let text = String(validating: bytes[start..<place], as: UTF8.self) else {
      throw flaw("the end of a string in UTF-8")
    }
    place += 1
    return text
  }

  mutating func literal() throws(JSONTree.Flaw) -> String {
    let start = place
    while let byte = next, !" \n\r\t,]}".utf8.contains(byte) { place += 1 }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    let number = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/
    guard ["true", "false", "null"].contains(text) || text.wholeMatch(of: number) != nil else {
      throw flaw("a value before '\(text)'")
    }
    return text
  }
}
