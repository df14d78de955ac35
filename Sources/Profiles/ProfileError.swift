import Messages

/// What is wrong with a file, in one line: the file, the key, what was found and what would be right.
public struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it; `stdin` for `-`.
  public var file: String
  /// The path of the key, such as `layers[3].heads`; empty for the whole document.
  public var key: String
  /// What was found and what would be right.
  public var problem: String
  /// What went wrong, as an exit code distinguishes it.
  public var kind: Kind

  /// What went wrong, as an exit code distinguishes it.
  public enum Kind: Hashable, Sendable {
    /// The file could not be read: it is missing, a directory, or its device failed.
    case unreadable
    /// Neither a built-in profile nor a file has this name.
    case unknownName
    /// The file was read, and what it says is wrong.
    case invalid
  }

  /// An error at `key` of `file`.
  public init(file: String, key: String, problem: String, kind: Kind = .invalid) {
    self.file = file
    self.key = key
    self.problem = problem
    self.kind = kind
  }

  /// One line, whatever characters the file's name or its keys contain.
  public var description: String {
    let parts = key.isEmpty ? [file, problem] : [file, key, problem]
    return parts.map { singleLine($0) }.joined(separator: ": ")
  }
}
