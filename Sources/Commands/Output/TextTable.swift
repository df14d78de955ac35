/// Columns of text, aligned: the first to the left, numbers to the right.
struct TextTable {
  private var rows: [[String]]
  private let leftAligned: Set<Int>

  /// A table with a header; the columns in `leftAligned` hold words, the others numbers.
  init(header: [String], leftAligned: Set<Int> = [0]) {
    rows = [header]
    self.leftAligned = leftAligned
  }

  mutating func append(_ row: [String]) { rows.append(row) }

  /// The table with a rule under its header, two blanks between columns.
  var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    var lines = rows.map { row in
      row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return leftAligned.contains(column) ? cell + padding : padding + cell
      }
      .joined(separator: "  ")
    }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: min(1, lines.count))
    return lines.map(Self.trimmedRight).joined(separator: "\n")
  }

  private static func trimmedRight(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }
}
