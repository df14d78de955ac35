/// What a validation must stay within.
public struct ValidationLimits: Hashable, Sendable {
  /// The middle absolute error of times.
  public var medianError = 0.10
  /// The absolute error of times that nine rows of ten stay within.
  public var p90Error = 0.25
  /// Bytes between predicted and measured peak, of any purpose.
  public var memoryBytes = 0
  /// The resident set's growth against the predicted peak.
  public var residentError = 0.05
  /// A count against the ledger's.
  public var counts = 0
  /// What a recompute choice costs in time, predicted less measured, as a part of the step.
  public var recomputeError = 0.10

  /// The limits of a validation that says nothing else.
  public init() {}
}
