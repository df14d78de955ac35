import Messages

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
    (place.isEmpty ? [file, problem] : [file, place, problem]).map { shortened($0, to: 200) }.joined(separator: ": ")
  }
}
