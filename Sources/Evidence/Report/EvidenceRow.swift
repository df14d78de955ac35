import Quantities

/// One measured time beside the one predicted.
public struct EvidenceRow: Hashable, Sendable {
  /// What was measured.
  public var measurement: Measurement
  /// The device's name.
  public var device: String
  /// Its compute capability times ten; nil where it has none.
  var capability: Int?
  /// What the law says.
  public var prediction: EvidenceModel.Prediction
  /// Whether constants were learned on this row.
  public var side: Side

  /// The sides of a split; no row is on both.
  public enum Side: String, CaseIterable, Hashable, Sendable {
    /// Constants were learned on it.
    case learned
    /// Constants were not.
    case tested
  }

  /// Prediction over measurement, less one.
  public var errorFraction: Double { prediction.time / measurement.time - 1 }
}

/// Errors of a set of rows.
public struct ErrorSummary: Hashable, Sendable {
  /// How many rows.
  public var rows: Int
  /// The median of the errors' magnitudes.
  public var median: Double
  /// The largest of them.
  public var worst: Double

  /// The errors' summary; nil of none.
  public init?(_ errors: [Double]) {
    guard !errors.isEmpty else { return nil }
    rows = errors.count
    median = Evidence.median(errors.map(\.magnitude))
    worst = errors.map(\.magnitude).max() ?? 0
  }
}
