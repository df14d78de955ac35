/// A step that a schedule cannot run, in one line, with the nearest that it can.
public struct ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Subject: String, Hashable, Sendable {
    /// Pipeline stages, p.
    case stages
    /// Microbatches of a step, m.
    case microbatches
    /// Chunks of the model a stage, v.
    case chunks
    /// Times and sizes of a part of the model.
    case work
    /// The step as a whole.
    case step
  }

  /// What is wrong.
  public let subject: Subject
  /// What was expected and what was found.
  public let problem: String
  /// The nearest number that works, where a number is wrong.
  public let nearest: Int?

  init(_ subject: Subject, _ problem: String, nearest: Int? = nil) {
    self.subject = subject
    self.problem = problem
    self.nearest = nearest
  }

  /// One line.
  public var description: String { "\(subject.rawValue): \(problem)" }
}
