import CostModel
public import Planner
import Quantities

/// Something that a plan asks for and a framework cannot do, with what is done instead.
public struct Compromise: Sendable {
  /// What the plan asks for.
  public let asked: String
  /// Why the framework cannot.
  public let reason: String
  /// What is nearest to it; nil where there is nothing, and the settings ask for it all the same.
  public let nearest: String?
  /// The plan before this change.
  public let before: Plan
  /// The plan after it; the same as before it where nothing was changed.
  public let after: Plan

  /// Bytes that the change adds to the peak; negative where it frees some.
  public var peakBytes: Int { after.peak.count - before.peak.count }

  /// The fraction that the change adds to the expected time of a step.
  public var stepFraction: Double {
    after.time.step.expected.value / before.time.step.expected.value - 1
  }
}
