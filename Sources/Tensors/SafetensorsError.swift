/// What is wrong with a safetensors file, in one line: the file, the tensor, what was found and what would be right.
public struct SafetensorsError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// The tensor or the part of the file; empty for the whole of it.
  public var place: String
  /// What was expected and what was found.
  public var problem: String

  /// An error at `place` of `file`.
  public init(file: String, place: String, problem: String) {
    self.file = file
    self.place = place
    self.problem = problem
  }

  /// One line, whatever characters the names contain.
  public var description: String {
    (place.isEmpty ? [file, problem] : [file, place, problem]).map(printable).joined(separator: ": ")
  }
}

/// The text with control characters escaped, cut to a readable length.
func printable(_ text: String) -> String {
  let head = text.unicodeScalars.prefix(200).map { scalar in
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x202E).contains(scalar.value)
      ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return head.joined() + (text.unicodeScalars.count > 200 ? "…" : "")
}
