/// A failure that a command has put into words: one line, and the code to exit with.
struct CommandFailure: Error, CustomStringConvertible {
  var description: String
  var status: ExitStatus

  init(_ description: String, status: ExitStatus) {
    self.description = description
    self.status = status
  }
}
