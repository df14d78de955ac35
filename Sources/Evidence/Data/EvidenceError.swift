import Messages

/// What is wrong with a table of measurements, in one line: file, line, column, what was found, what would be right.
public struct EvidenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// Its line, counted from 1; nil for the whole file.
  public var line: Int?
  /// The column's name in the header; nil for the whole line.
  public var column: String?
  /// What was expected and what was found.
  public var problem: String

  /// An error at a place of a file.
  public init(file: String, line: Int? = nil, column: String? = nil, problem: String) {
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
  }

  /// One line, whatever bytes the file holds.
  public var description: String {
    let place = line.map { ", line \($0)" } ?? ""
    return "\(shortened(file, to: 200))\(place): \(column.map { "\($0): " } ?? "")\(problem)"
  }
}
