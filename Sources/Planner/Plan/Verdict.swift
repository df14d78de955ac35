public import Quantities

/// Whether a plan fits, and how sure that is.
public struct Verdict: Hashable, Sendable {
  /// Whether the peak is within the budget.
  public let fits: Bool
  /// Memory of a device less the reserve.
  public let budget: Bytes
  /// Budget less peak; negative when the plan does not fit.
  public let margin: Bytes
  /// How sure the verdict is.
  public let certainty: Certainty
  /// The peak if activations and logits took a fifth more than counted.
  public let cautiousPeak: Bytes

  /// How sure a verdict is.
  public enum Certainty: String, Hashable, Sendable {
    /// It fits with a fifth more activations than counted, or it does not fit in the whole memory.
    case sure
    /// Neither: a measurement may come out the other way.
    case close
  }

  /// The fraction by which activations may exceed the count: fragmentation, workspace, padding.
  ///
  /// An assumption.
  static let uncertainty = 0.2

  init(_ stage: StagePlan, capacity: Bytes, budget: Bytes) throws(OverflowError) {
    let peak = stage.peak
    let extra = Double((try peak - stage.fixed).count) * Self.uncertainty
    cautiousPeak = try peak + Bytes(extra < 9e18 ? Int(extra) : .max / 2)
    fits = peak <= budget
    self.budget = budget
    margin = try budget - peak
    certainty = (fits ? cautiousPeak <= budget : peak > capacity) ? .sure : .close
  }
}
