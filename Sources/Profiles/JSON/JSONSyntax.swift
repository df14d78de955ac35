import Messages

/// One pass over the bytes for what the decoder leaves out: where an error is, keys given twice, trailing commas, and
/// nesting too deep for a decoder that recurses.
///
/// It only splits the text into tokens and follows which may come next; what a token means is the decoder's business.
struct JSONSyntax {
  /// What is wrong, with its line and column (in bytes).
  struct Failure: Error {
    var problem: String
  }

  private enum Next: String {
    case value = "a value"
    case valueOrEnd = "a value or \"]\""
    case key = "a key in double quotes"
    case keyOrEnd = "a key in double quotes or \"}\""
    case colon = "\":\""
    case commaOrEnd = "\",\" or the closing bracket"
    case nothing = "nothing after the document"
  }

  private let bytes: [UInt8]
  private let maximumDepth: Int
  private var position = 0
  private var next = Next.value
  /// The keys of every object that is open; nil for an array.
  private var open: [Set<ArraySlice<UInt8>>?] = []

  init(_ bytes: [UInt8], maximumDepth: Int) {
    self.bytes = bytes
    self.maximumDepth = maximumDepth
  }

  /// Goes over the whole text once.
  mutating func check() throws(Failure) {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): position += 1
      case UInt8(ascii: "{"): try enter([], next: .keyOrEnd)
      case UInt8(ascii: "["): try enter(nil, next: .valueOrEnd)
      case UInt8(ascii: "}"): try leave(isObject: true)
      case UInt8(ascii: "]"): try leave(isObject: false)
      case UInt8(ascii: ","): try comma()
      case UInt8(ascii: ":"):
        guard next == .colon else { throw unexpected(1) }
        next = .value
        position += 1
      case UInt8(ascii: "\""): try string()
      default: try word()
      }
    }
    guard next == .nothing else { throw failure("expected \(next.rawValue), found the end of the file") }
  }

  private mutating func enter(_ keys: Set<ArraySlice<UInt8>>?, next entered: Next) throws(Failure) {
    guard next == .value || next == .valueOrEnd else { throw unexpected(1) }
    guard open.count < maximumDepth else {
      throw failure("expected at most \(maximumDepth) levels of nesting, found more")
    }
    open.append(keys)
    next = entered
    position += 1
  }

  private mutating func leave(isObject: Bool) throws(Failure) {
    let mayLeave = next == .commaOrEnd || next == (isObject ? .keyOrEnd : .valueOrEnd)
    guard mayLeave, let innermost = open.last, (innermost != nil) == isObject else { throw unexpected(1) }
    open.removeLast()
    position += 1
    valueEnded()
  }

  private mutating func comma() throws(Failure) {
    guard next == .commaOrEnd, let innermost = open.last else { throw unexpected(1) }
    next = innermost == nil ? .value : .key
    position += 1
  }

  private mutating func string() throws(Failure) {
    let start = position
    var end = position + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] >= 0x20 {
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else {
      throw failure("expected a closing quote for this text, found none on its line")
    }
    switch next {
    case .value, .valueOrEnd:
      position = end + 1
      valueEnded()
    case .key, .keyOrEnd:
      let key = bytes[start + 1..<end]
      if open[open.count - 1]?.insert(key).inserted == false {
        throw failure("expected every key once, found \"\(shortened(String(decoding: key, as: UTF8.self)))\" again")
      }
      position = end + 1
      next = .colon
    case .colon, .commaOrEnd, .nothing: throw unexpected(end + 1 - start)
    }
  }

  /// A number or one of `true`, `false` and `null`.
  private mutating func word() throws(Failure) {
    var end = position
    while end < bytes.count, !Self.endsWord(bytes[end]) { end += 1 }
    guard next == .value || next == .valueOrEnd else { throw unexpected(end - position) }
    let text = String(decoding: bytes[position..<end], as: UTF8.self)
    if text != "true", text != "false", text != "null" {
      let isNumeric = text.utf8.allSatisfy(Self.isPartOfNumber) && text.utf8.first != UInt8(ascii: "+")
      guard isNumeric, let number = Double(text) else { throw unexpected(end - position) }
      guard number.isFinite else {
        throw failure("expected a number that double precision holds, found \(shortened(text))")
      }
    }
    position = end
    valueEnded()
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: ","),
      UInt8(ascii: ":"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""):
      true
    default: false
    }
  }

  /// Keeps out the hexadecimal numbers, infinities and NaN that Swift would read.
  private static func isPartOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }

  private mutating func valueEnded() {
    next = open.isEmpty ? .nothing : .commaOrEnd
  }

  private func unexpected(_ length: Int) -> Failure {
    let text = String(decoding: bytes[position..<min(position + length, bytes.count)], as: UTF8.self)
    return failure("expected \(next.rawValue), found \(shortened(text))")
  }

  private func failure(_ problem: String) -> Failure {
    let before = bytes.prefix(position)
    let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
    let column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    return Failure(problem: "line \(line), column \(column): \(problem)")
  }
}
