/// A request that cannot be planned, in one line: the option, what was found, what would be right.
public struct PlanError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The option as the command line spells it: `--tensor`.
  public var option: String
  /// What was expected and what was found.
  public var problem: String

  /// An error at `option`.
  public init(_ option: String, _ problem: String) {
    self.option = option
    self.problem = problem
  }

  /// One line.
  public var description: String { "\(option): \(problem)" }
}
