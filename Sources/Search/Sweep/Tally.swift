/// How many candidates there were.
public struct Tally: Hashable, Sendable {
  /// Planned, for all questions.
  public var planned = 0
  /// Of those for the question as asked.
  public var asked = 0
  /// Of those that fit.
  public var fitting = 0
  /// Layouts that were gone through.
  public var layouts = 0

  /// None.
  public init() {}

  /// Adds the counts of another part.
  public static func += (left: inout Tally, right: Tally) {
    left.planned += right.planned
    left.asked += right.asked
    left.fitting += right.fitting
    left.layouts += right.layouts
  }
}
