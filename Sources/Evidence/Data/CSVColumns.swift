import Messages

/// Values of a table's records by column, each with its type and range.
struct CSVColumns {
  private let table: CSVTable
  private let places: [String: Int]

  /// The columns of a table that has exactly these.
  init(_ table: CSVTable, names: [String]) throws(EvidenceError) {
    self.table = table
    var places: [String: Int] = [:]
    for (place, name) in table.header.enumerated() {
      guard names.contains(name), places[name] == nil else {
        let problem = "expected the columns \(names.joined(separator: ",")), found \(shortened(name, to: 40))"
        throw EvidenceError(file: table.file, line: 1, problem: places[name] == nil ? problem : problem + " twice")
      }
      places[name] = place
    }
    for name in names where places[name] == nil {
      throw EvidenceError(file: table.file, line: 1, column: name, problem: "expected this column, found none")
    }
    self.places = places
  }

  /// A text of 1 to 100 printable bytes.
  func text(_ column: String, _ record: CSVRecord, limit: Int = 100) throws(EvidenceError) -> String {
    let value = raw(column, record)
    guard (1...limit).contains(value.utf8.count), shortened(value, to: limit) == value else {
      throw error(column, record, expected: "a text of 1 to \(limit) bytes")
    }
    return value
  }

  /// One of these names.
  func name<Value: RawRepresentable<String>>(
    _ column: String, _ record: CSVRecord, among known: [Value]
  ) throws(EvidenceError) -> Value {
    let value = raw(column, record)
    guard let found = known.first(where: { $0.rawValue == value }) else {
      throw error(column, record, expected: "one of \(known.map(\.rawValue).joined(separator: ", "))")
    }
    return found
  }

  /// A whole number within the range.
  func int(_ column: String, _ record: CSVRecord, in range: ClosedRange<Int>) throws(EvidenceError) -> Int {
    let value = raw(column, record)
    guard value.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(value), range.contains(number) else {
      throw error(column, record, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A decimal number within the range; never NaN or infinite.
  func double(_ column: String, _ record: CSVRecord, in range: ClosedRange<Double>) throws(EvidenceError) -> Double {
    let value = raw(column, record)
    // Double also takes "nan", "inf" and hexadecimal digits.
    let isDecimal = value.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
    guard isDecimal, let number = Double(value), number.isFinite, range.contains(number) else {
      throw error(column, record, expected: "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func raw(_ column: String, _ record: CSVRecord) -> String { record.fields[places[column] ?? 0] }

  private func error(_ column: String, _ record: CSVRecord, expected: String) -> EvidenceError {
    let found = raw(column, record)
    let shown = found.isEmpty ? "nothing" : "'\(shortened(found, to: 40))'"
    return EvidenceError(
      file: table.file, line: record.line, column: column, problem: "expected \(expected), found \(shown)")
  }
}
