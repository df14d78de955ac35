import Messages

/// Files that are no profiles, read as profiles are: in one piece, with the same limit and the same messages.
public enum InputFile {
  /// The most bytes that a file may have.
  public static let maximumBytes = JSONDocument.maximumBytes

  /// What a file or the standard input holds.
  ///
  /// - Parameter path: the path as the user wrote it, or `-`.
  /// - Returns: the bytes, at most one more than ``maximumBytes``, and how messages name the file.
  /// - Throws: a ``ProfileError`` for a path without a file, or a file that cannot be read.
  public static func read(_ path: String) throws(ProfileError) -> (bytes: [UInt8], name: String) {
    if path == "-" { return (try SourceFile.standardInput(), "stdin") }
    guard let file = try SourceFile.contents(of: path) else {
      let name = path.isEmpty ? "\"\"" : shortened(path, to: 200)
      throw ProfileError(file: name, key: "", problem: "expected a file, found none of this name", kind: .unreadable)
    }
    return (file.bytes, file.path)
  }
}
