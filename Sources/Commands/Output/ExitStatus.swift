/// The exit codes that scripts rely on.
public enum ExitStatus: Int32, Sendable {
  /// Done, and it fits or agrees.
  case success = 0
  /// It could not be done: a file, a device.
  case failure = 1
  /// The plan does not fit, or nothing feasible was found.
  case doesNotFit = 2
  /// A prediction is outside its stated tolerance.
  case outsideTolerance = 3
  /// A wrong command line.
  case usage = 64
  /// Wrong input data.
  case data = 65
}
