import Messages

/// Profiles of one sort that are part of the program, by name.
struct BuiltInTable: Sendable {
  /// What the profiles describe, for messages: `model`, `hardware`.
  let subject: String
  /// Names with the bytes of their files, in the order they are listed to the user.
  let entries: [(name: String, bytes: [UInt8])]

  var names: [String] { entries.map(\.name) }

  /// The bytes that `argument` names: a built-in profile, a file, or `-` for the standard input.
  ///
  /// - Parameters:
  ///   - argument: What the user typed.
  ///   - member: The file to take where the path is a directory.
  /// - Returns: The bytes, and where they were read from.
  /// - Throws: A ``ProfileError`` for a name or path with nothing behind it, or a file that cannot be read.
  func bytes(for argument: String, inDirectory member: String? = nil) throws(ProfileError) -> (
    bytes: [UInt8], origin: ProfileOrigin
  ) {
    if let entry = entries.first(where: { $0.name == argument }) { return (entry.bytes, .builtIn(entry.name)) }
    if argument == "-" { return (try SourceFile.standardInput(), .standardInput) }
    if let file = try SourceFile.contents(of: argument, inDirectory: member) { return (file.bytes, .file(file.path)) }
    throw missing(argument)
  }

  private func missing(_ argument: String) -> ProfileError {
    let isPath = argument.contains("/") || argument.hasSuffix(".json")
    let near = nearestName(to: argument, among: names).map { "; did you mean \"\($0)\"?" } ?? ""
    let known = near.isEmpty && !isPath ? "; built-in: \(names.joined(separator: ", "))" : near
    let expected = isPath ? "expected a file" : "expected a built-in \(subject) or a file"
    return ProfileError(
      file: argument.isEmpty ? "\"\"" : shortened(argument, to: 200), key: "",
      problem: "\(expected), found none of this name\(known)",
      kind: isPath ? .unreadable : .unknownName)
  }
}
