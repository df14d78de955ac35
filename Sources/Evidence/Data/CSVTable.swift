/// Records of a comma-separated file with a header, each with the line it begins on.
///
/// Fields may be quoted, with `""` for a quote; lines end in LF or CRLF; a byte-order mark is skipped. A record has as
/// many fields as the header.
///
/// - Source: RFC 4180.
struct CSVTable {
  /// The file, for messages.
  let file: String
  /// The header's names.
  let header: [String]
  /// The records after it; blank lines are none.
  let records: [CSVRecord]

  /// Larger files are no tables of measurements.
  static let maximumBytes = 1 << 20

  /// The table that the bytes hold.
  init(_ bytes: [UInt8], file: String) throws(EvidenceError) {
    guard bytes.count <= Self.maximumBytes else {
      throw EvidenceError(file: file, problem: "expected at most \(Self.maximumBytes) bytes, found more")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EvidenceError(file: file, problem: "expected text in UTF-8, found other bytes")
    }
    var scanner = CSVScanner(text, file: file)
    guard let header = try scanner.record() else {
      throw EvidenceError(file: file, problem: "expected a header, found an empty file")
    }
    self.file = file
    self.header = header.fields
    var records: [CSVRecord] = []
    while let record = try scanner.record() {
      guard record.fields.count == header.fields.count else {
        let problem = "expected \(header.fields.count) fields as in the header, found \(record.fields.count)"
        throw EvidenceError(file: file, line: record.line, problem: problem)
      }
      records.append(record)
    }
    self.records = records
  }
}

/// One line of values.
struct CSVRecord {
  /// The line it begins on, counted from 1.
  let line: Int
  /// Its values as written.
  let fields: [String]
}

/// Takes a text apart, record by record.
private struct CSVScanner {
  private var rest: Substring.UnicodeScalarView
  private var line = 1
  private let file: String

  init(_ text: String, file: String) {
    rest = Substring(text).unicodeScalars
    if rest.first == "\u{FEFF}" { rest.removeFirst() }
    self.file = file
  }

  /// The next record that is not blank; nil at the end.
  mutating func record() throws(EvidenceError) -> CSVRecord? {
    while let first = rest.first {
      if first == "\n" || first == "\r" {
        try endLine()
        continue
      }
      let start = line
      var fields = [try field()]
      while rest.first == "," {
        rest.removeFirst()
        fields.append(try field())
      }
      if !rest.isEmpty { try endLine() }
      return CSVRecord(line: start, fields: fields)
    }
    return nil
  }

  private mutating func endLine() throws(EvidenceError) {
    if rest.first == "\r" {
      rest.removeFirst()
      guard rest.first == "\n" || rest.isEmpty else {
        throw EvidenceError(file: file, line: line, problem: "expected a line feed after a carriage return")
      }
    }
    if rest.first == "\n" { rest.removeFirst() }
    line += 1
  }

  private mutating func field() throws(EvidenceError) -> String {
    var value = String.UnicodeScalarView()
    guard rest.first == "\"" else {
      while let scalar = rest.first, scalar != ",", scalar != "\n", scalar != "\r" {
        guard scalar != "\"" else {
          throw EvidenceError(file: file, line: line, problem: "expected a quote only around a whole field")
        }
        value.append(scalar)
        rest.removeFirst()
      }
      return String(value)
    }
    let start = line
    rest.removeFirst()
    while let scalar = rest.popFirst() {
      if scalar == "\n" { line += 1 }
      guard scalar == "\"" else {
        value.append(scalar)
        continue
      }
      if rest.first == "\"" {
        value.append(scalar)
        rest.removeFirst()
        continue
      }
      guard rest.isEmpty || [",", "\n", "\r"].contains(rest.first) else {
        throw EvidenceError(file: file, line: line, problem: "expected a comma or a line's end after a closing quote")
      }
      return String(value)
    }
    throw EvidenceError(file: file, line: start, problem: "expected a closing quote, found the end of the file")
  }
}
