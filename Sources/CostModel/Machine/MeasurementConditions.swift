/// How a measurement was made, and what may have disturbed it.
public struct MeasurementConditions: Hashable, Sendable {
  /// `quick` or `full`.
  public var effort: String
  /// Samples of each probe.
  public var rounds: Int
  /// The part of the processors' time that other processes took, 0 to 1; nil where the system does not tell.
  public var othersFraction: Double?
  /// The part that the hypervisor gave to other machines, 0 to 1; nil where the system does not tell.
  public var stolenFraction: Double?
  /// Warnings, one line each.
  public var warnings: [String]

  /// Conditions of a measurement.
  public init(
    effort: String, rounds: Int, othersFraction: Double? = nil, stolenFraction: Double? = nil, warnings: [String] = []
  ) {
    self.effort = effort
    self.rounds = rounds
    self.othersFraction = othersFraction
    self.stolenFraction = stolenFraction
    self.warnings = warnings
  }
}

/// How far predictions on a machine may be off before they count as wrong.
///
/// Bytes of the layer's own buffers and counts have no tolerance: they are equal or wrong.
public struct ValidationLimits: Hashable, Sendable {
  /// Of the median absolute error of times, a fraction of the measured time.
  public var medianAbsoluteError: Double
  /// Of its 90th percentile.
  public var p90AbsoluteError: Double
  /// Of the growth of the process's resident set, a fraction of the predicted bytes.
  public var residentSetError: Double

  /// Limits; by default those of a shared virtual machine with two cores.
  public init(medianAbsoluteError: Double = 0.10, p90AbsoluteError: Double = 0.25, residentSetError: Double = 0.05) {
    self.medianAbsoluteError = medianAbsoluteError
    self.p90AbsoluteError = p90AbsoluteError
    self.residentSetError = residentSetError
  }
}
