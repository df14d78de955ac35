import FoundationEssentials
import Messages

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lines of parts of a search, read from a file or from stdin.
struct PartFile {
  /// The largest file taken, 256 MiB: some hundred thousand plans.
  static let maximumBytes = 1 << 28
  /// The longest line taken, 1 MiB.
  static let maximumLineBytes = 1 << 20

  /// One line, and where it stands.
  struct Line {
    var place: String
    var content: SearchLine
  }

  /// The lines of a file.
  ///
  /// - Parameter path: a path, or `-` for stdin.
  /// - Returns: the lines that are not empty.
  /// - Throws: `CommandFailure` for a file that cannot be read, or a line that `search --jsonl` did not write.
  static func lines(_ path: String) throws -> [Line] {
    let name = path == "-" ? "stdin" : shortened(path, to: 200)
    let bytes = try bytes(path, name)
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw CommandFailure("\(name): expected JSON lines in UTF-8, found bytes that are not UTF-8", status: .data)
    }
    var lines: [Line] = []
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.isEmpty {
      let place = "\(name): line \(number + 1)"
      lines.append(Line(place: place, content: try content(line, place)))
    }
    return lines
  }

  /// The line, which has to be spelled as it was written: that leaves no room for unknown keys, keys given twice, or
  /// numbers that are not what they seem.
  static func content(_ bytes: ArraySlice<UInt8>, _ place: String) throws -> SearchLine {
    guard bytes.count <= maximumLineBytes else {
      throw CommandFailure("\(place): expected at most \(maximumLineBytes) bytes, found \(bytes.count)", status: .data)
    }
    let line: SearchLine
    do {
      line = try JSONDecoder().decode(SearchLine.self, from: Data(bytes))
    } catch let error as DecodingError {
      throw CommandFailure("\(place): \(problem(error))", status: .data)
    }
    guard line.schema == SearchLine.schema else {
      throw CommandFailure(
        "\(place): schema: expected \(SearchLine.schema), found '\(shortened(line.schema, to: 60))'", status: .data)
    }
    let canonical = try CanonicalJSON.text(line)
    guard canonical.utf8.elementsEqual(bytes) else {
      let same = zip(canonical.utf8, bytes).prefix { $0 == $1 }.count
      throw CommandFailure(
        "\(place): expected a line as 'search --jsonl' writes it, found another spelling from byte \(same + 1) on",
        status: .data)
    }
    guard try line.digest() == line.check else {
      throw CommandFailure(
        "\(place): check: expected \(try line.digest()), the digest of the line, found '\(shortened(line.check, to: 60))'; "
          + "the line was changed after it was written", status: .data)
    }
    return line
  }

  private static func problem(_ error: DecodingError) -> String {
    func path(_ context: DecodingError.Context, _ last: String? = nil) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? shortened($0.stringValue, to: 60) }
      return (keys + [last].compactMap(\.self)).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "\(path(context, key.stringValue)): expected a value, found no such key"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      return "\(path(context)): expected \(article(type)), found something else"
    case .dataCorrupted(let context) where !context.codingPath.isEmpty:
      return "\(path(context)): expected a value that 'search --jsonl' writes, found another"
    default: return "expected one JSON object, found a line that is none"
    }
  }

  private static func article(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    default: "an object or a list"
    }
  }

  private static func bytes(_ path: String, _ name: String) throws -> [UInt8] {
    func unreadable() -> CommandFailure {
      let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
      return CommandFailure("\(name): expected a readable file, found: \(reason)", status: .failure)
    }
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, !path.utf8.contains(0) else { throw unreadable() }
    defer { if path != "-" { close(descriptor) } }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw unreadable()
      }
      bytes += chunk[..<count]
      guard bytes.count <= maximumBytes else {
        throw CommandFailure("\(name): expected at most \(maximumBytes) bytes, found more", status: .data)
      }
    }
  }
}
