import Messages

/// The JSON that a safetensors header or a manifest of test vectors is made of.
///
/// A reader of its own, as this module has no Foundation and a header is read before anything in the file is trusted:
/// nesting is bounded, a key given twice is refused, and nothing is allocated by a size that the text states.
public indirect enum HeaderValue: Hashable, Sendable {
  /// `null`, `true` and `false`, by their text.
  case word(String)
  /// A finite number, with its text.
  case number(Double, text: String)
  /// A text.
  case string(String)
  /// A list.
  case array([HeaderValue])
  /// An object.
  case object([String: HeaderValue])

  /// The members, if this is an object.
  public var members: [String: HeaderValue]? { if case .object(let members) = self { members } else { nil } }
  /// The elements, if this is a list.
  public var elements: [HeaderValue]? { if case .array(let elements) = self { elements } else { nil } }
  /// The text of a string, a number or a word.
  public var text: String? {
    switch self {
    case .string(let text), .number(_, let text), .word(let text): text
    case .array, .object: nil
    }
  }
  /// The number, if it is whole, not negative and exactly held.
  public var count: Int? {
    guard case .number(let value, _) = self, value >= 0, value <= 0x1p53 else { return nil }
    return Int(exactly: value)
  }
}

extension HeaderValue {
  /// Why a text is not taken.
  public struct Failure: Error, Hashable, Sendable {
    /// What was expected and found, with the byte's position.
    public var problem: String
  }

  /// The deepest nesting taken; a header needs 3, a manifest 4.
  public static let maximumDepth = 8

  /// Reads one JSON document.
  /// - Parameter bytes: UTF-8 text, blanks around it allowed.
  /// - Throws: ``Failure`` for anything that is not strict JSON, a key given twice, or nesting too deep.
  public init(parsing bytes: some Collection<UInt8>) throws(Failure) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Failure(problem: "expected UTF-8, found bytes that are not")
    }
    var reader = HeaderReader(bytes: Array(text.utf8))
    self = try reader.document()
  }
}

/// Recursive descent, as deep as ``HeaderValue/maximumDepth``.
private struct HeaderReader {
  let bytes: [UInt8]
  var position = 0

  typealias Failure = HeaderValue.Failure

  mutating func document() throws(Failure) -> HeaderValue {
    let value = try self.value(depth: 0)
    skipBlanks()
    guard position == bytes.count else { throw expected("the end of the text") }
    return value
  }

  private mutating func value(depth: Int) throws(Failure) -> HeaderValue {
    guard depth < HeaderValue.maximumDepth else {
      throw Failure(problem: "expected at most \(HeaderValue.maximumDepth) levels of nesting, found more")
    }
    skipBlanks()
    switch peek {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    default: return try wordOrNumber()
    }
  }

  private mutating func object(depth: Int) throws(Failure) -> HeaderValue {
    position += 1
    var members: [String: HeaderValue] = [:]
    skipBlanks()
    if take("}") { return .object(members) }
    repeat {
      skipBlanks()
      guard peek == UInt8(ascii: "\"") else { throw expected("a key in double quotes") }
      let key = try string()
      skipBlanks()
      guard take(":") else { throw expected("\":\"") }
      guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
        throw Failure(problem: "expected every key once, found \"\(shortened(key, to: 200))\" again")
      }
      skipBlanks()
    } while take(",")
    guard take("}") else { throw expected("\",\" or \"}\"") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(Failure) -> HeaderValue {
    position += 1
    var elements: [HeaderValue] = []
    skipBlanks()
    if take("]") { return .array(elements) }
    repeat {
      elements.append(try value(depth: depth + 1))
      skipBlanks()
    } while take(",")
    guard take("]") else { throw expected("\",\" or \"]\"") }
    return .array(elements)
  }

  private mutating func string() throws(Failure) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw expected("no control character in a text")
      default: text.append(byte)
      }
    }
    throw expected("a closing quote")
  }

  private mutating func escape(into text: inout [UInt8]) throws(Failure) {
    let plain: [UInt8: UInt8] = [
      0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
    ]
    guard let byte = peek else { throw expected("an escape") }
    position += 1
    if let meant = plain[byte] {
      text.append(meant)
      return
    }
    guard byte == UInt8(ascii: "u"), var code = hexadecimal() else { throw expected("an escape") }
    if (0xD800..<0xDC00).contains(code), position + 2 <= bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    {
      // Characters past the first 65536 are escaped as two halves.
      position += 2
      guard let low = hexadecimal(), (0xDC00..<0xE000).contains(low) else {
        throw expected("the second half of a character")
      }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw expected("an escape of a whole character") }
    text.append(contentsOf: String(scalar).utf8)
  }

  /// Four hexadecimal digits.
  private mutating func hexadecimal() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    let digits = bytes[position..<position + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { return nil }
    position += 4
    return code
  }

  private mutating func wordOrNumber() throws(Failure) -> HeaderValue {
    let start = position
    while let byte = peek, !" \n\r\t{}[],:\"".utf8.contains(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if ["null", "true", "false"].contains(text) { return .word(text) }
    guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), text.utf8.first != UInt8(ascii: "+"),
      let number = Double(text), number.isFinite
    else {
      position = start
      throw expected("a value")
    }
    return .number(number, text: text)
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while let byte = peek, " \n\r\t".utf8.contains(byte) { position += 1 }
  }

  private func expected(_ what: String) -> Failure {
    Failure(problem: "byte \(position): expected \(what)" + (peek == nil ? ", found the end" : ""))
  }
}
