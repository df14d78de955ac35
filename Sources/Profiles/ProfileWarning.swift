import Messages

/// Something in a file that may matter and is not taken into account; the rest of the file still gives a result.
public struct ProfileWarning: Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// The path of the key.
  public var key: String
  /// What is not taken into account, and what may have been meant.
  public var problem: String

  /// A warning about `key` of `file`.
  public init(file: String, key: String, problem: String) {
    self.file = file
    self.key = key
    self.problem = problem
  }

  /// One line.
  public var description: String { "\(singleLine(file)): \(singleLine(key)): \(singleLine(problem))" }
}
