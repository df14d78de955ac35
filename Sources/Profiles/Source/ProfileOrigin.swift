/// Where a profile was read from.
public enum ProfileOrigin: Hashable, Sendable, CustomStringConvertible {
  /// Part of the program, under this name.
  case builtIn(String)
  /// The file at this path, as the user wrote it.
  case file(String)
  /// The standard input.
  case standardInput

  /// How messages name it: `built-in mhc-27b`, the path, or `stdin`.
  public var description: String {
    switch self {
    case .builtIn(let name): "built-in \(name)"
    case .file(let path): path
    case .standardInput: "stdin"
    }
  }
}
