public import Quantities

/// What plans are compared by.
public struct PlanFigures: Hashable, Sendable {
  /// Time of a step, at the expected constants.
  public let step: Seconds
  /// The highest peak of all devices.
  public let peak: Bytes
  /// Whether the peak is within the budget.
  public let fits: Bool
}
