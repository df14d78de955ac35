import Messages
import Quantities

/// The model against measured times: every row, on which side it is, and what was learned.
public struct EvidenceReport: Sendable {
  /// The rows, in the order they were given.
  public let rows: [EvidenceRow]
  /// The laws they were predicted by.
  public let model: EvidenceModel

  /// What is claimed of rows that were not learned from.
  public static let claims: [Claim] = [
    Claim(name: "kernels", what: "B200 kernels, Sinkhorn aside", median: 0.03, worst: 0.10) {
      $0.operation.calls == 1 && !$0.operation.isSinkhorn && ["triton", "tilelang"].contains($0.source)
    },
    Claim(name: "post", what: "post of inference engines", median: 0.04, worst: nil) { $0.operation == .post },
    Claim(name: "pre", what: "pre of inference engines", median: 0.10, worst: nil) { $0.operation == .pre },
  ]

  /// Predicts rows.
  ///
  /// - Parameters:
  ///   - measured: rows whose systems the model's devices know.
  ///   - model: the laws.
  ///   - isLearned: whether the laws were learned on a row.
  ///   - file: where the rows are from, for messages.
  /// - Throws: `EvidenceError` for a row whose system or source is not known; `OverflowError` for sizes beyond 64 bits.
  public init(
    _ measured: [Measurement], model: EvidenceModel, isLearned: (Measurement) -> Bool, file: String
  ) throws {
    var rows: [EvidenceRow] = []
    for measurement in measured {
      guard let device = model.devices.device(named: measurement.system) else {
        let known = model.devices.devices.map(\.name).joined(separator: ", ")
        throw EvidenceError(
          file: file, line: measurement.line, column: "system",
          problem: "expected a known device (\(known)), found '\(shortened(measurement.system, to: 40))'")
      }
      guard let prediction = try model.prediction(measurement) else {
        throw EvidenceError(
          file: file, line: measurement.line, column: "operation",
          problem: "expected a kernel family with learned constants, found \(measurement.operation.rawValue) of "
            + shortened(measurement.source, to: 40))
      }
      rows.append(
        EvidenceRow(
          measurement: measurement, device: device.name, capability: device.capability, prediction: prediction,
          side: isLearned(measurement) ? .learned : .tested))
    }
    self.rows = rows
    self.model = model
  }

  /// The claims' outcome on some rows; a claim without tested rows is left out.
  public static func outcomes(of rows: [EvidenceRow]) -> [Claim.Outcome] {
    claims.compactMap { claim in
      let tested = rows.filter { $0.side == .tested && claim.covers($0.measurement) }
      return ErrorSummary(tested.map(\.errorFraction)).map { Claim.Outcome(claim: claim, errors: $0) }
    }
  }
}

/// A stated tolerance of some rows.
public struct Claim: Sendable {
  /// A short name.
  public var name: String
  /// Which rows.
  public var what: String
  /// The most that the median error may be.
  public var median: Double
  /// The most that any error may be; nil where nothing is claimed.
  public var worst: Double?
  /// Whether a row is among them.
  public var covers: @Sendable (Measurement) -> Bool

  init(
    name: String, what: String, median: Double, worst: Double?, covers: @escaping @Sendable (Measurement) -> Bool
  ) {
    self.name = name
    self.what = what
    self.median = median
    self.worst = worst
    self.covers = covers
  }

  /// What came of it.
  public struct Outcome: Sendable {
    /// The claim.
    public var claim: Claim
    /// The errors of its tested rows.
    public var errors: ErrorSummary
    /// Whether it holds.
    public var holds: Bool { errors.median <= claim.median && errors.worst <= claim.worst ?? .infinity }
  }
}
