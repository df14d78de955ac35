import Evidence
import Quantities

/// The result of `evidence`.
struct EvidenceDocument: ResultDocument {
  static let command = "evidence"
  static let version = 1

  var request: EvidenceRequest
  var assumptions: [String]
  var excluded: [String]
  /// How rows were divided.
  var split: String
  var rows: [EvidenceRowResult]
  var summary: [SummaryResult]
  var tolerances: [ToleranceResult]
  var constants: [ConstantResult]
  /// Built-in tables only: constants of one system on another.
  var transfers: [TransferResult]
  /// Built-in tables only.
  var memory: [MemoryEvidenceResult]
  /// Built-in tables only: families timed at one size.
  var reached: [ReachedResult]

  init(_ request: EvidenceRequest) throws {
    let source = try EvidenceSource(request)
    var results: [EvidenceRow] = []
    for file in source.files {
      results += try EvidenceReport(
        file.rows, model: source.model, isLearned: source.isLearned, file: file.name
      ).rows
    }
    self.request = request
    split =
      request.hardware == nil
      ? Split.rule : "learned: the rows whose sizes the profile names; tested: all others"
    rows = results.map(EvidenceRowResult.init)
    summary = SummaryResult.of(results)
    constants = source.model.laws.sorted { $0.key < $1.key }.map { ConstantResult($0.key, $0.value) }
    tolerances = EvidenceReport.outcomes(of: results).map(ToleranceResult.init)
    let isWhole = request.isBuiltIn && request.hardware == nil
    let modules = isWhole ? source.files.flatMap(\.rows).filter { $0.operation.calls == 2 } : []
    transfers = try Transfer.all(modules, devices: source.model.devices).map(TransferResult.init)
    memory = isWhole ? try MemoryEvidence.rows().map(MemoryEvidenceResult.init) : []
    reached = isWhole ? try ReachedRow.builtIn().map(ReachedResult.init) : []
    if isWhole { tolerances += ToleranceResult.memory(memory) }
    assumptions = EvidenceNotes.assumptions(request)
    excluded = EvidenceNotes.excluded
  }
}

/// One measured time beside the predicted one.
struct EvidenceRowResult: Encodable {
  var source: String
  var version: String
  /// The device's name here.
  var system: String
  var operation: String
  var streams: Int
  var channels: Int
  var tokens: Int
  var side: String
  var predictedSeconds: Double
  var measuredSeconds: Double
  var errorFraction: Double
  /// The part of the prediction that is launches.
  var launchSeconds: Double
  var explanation: String

  init(_ row: EvidenceRow) {
    source = row.measurement.source
    version = row.measurement.version
    system = row.device
    operation = row.measurement.operation.rawValue
    streams = row.measurement.streams
    channels = row.measurement.channels
    tokens = row.measurement.tokens
    side = row.side.rawValue
    predictedSeconds = row.prediction.time.value
    measuredSeconds = row.measurement.time.value
    errorFraction = row.errorFraction
    launchSeconds = row.prediction.latency
    explanation = row.explanation
  }
}

/// The errors of one source's operation on one side of the split.
struct SummaryResult: Encodable {
  var source: String
  var operation: String
  var side: String
  var rows: Int
  var medianAbsoluteError: Double
  var worstAbsoluteError: Double

  static func of(_ rows: [EvidenceRow]) -> [SummaryResult] {
    let groups = Dictionary(grouping: rows) {
      [$0.measurement.source, $0.measurement.operation.rawValue, $0.side.rawValue]
    }
    let order = TimedOperation.allCases.map(\.rawValue)
    let keys = groups.keys.sorted { left, right in
      let places = (order.firstIndex(of: left[1]) ?? 0, order.firstIndex(of: right[1]) ?? 0)
      return (left[0], places.0, left[2]) < (right[0], places.1, right[2])
    }
    return keys.compactMap { key in
      ErrorSummary((groups[key] ?? []).map(\.errorFraction)).map {
        SummaryResult(
          source: key[0], operation: key[1], side: key[2], rows: $0.rows, medianAbsoluteError: $0.median,
          worstAbsoluteError: $0.worst)
      }
    }
  }
}

/// A stated tolerance and what came of it.
struct ToleranceResult: Encodable {
  var name: String
  var what: String
  var rows: Int
  var medianAbsoluteError: Double
  var medianLimit: Double?
  var worstAbsoluteError: Double
  var worstLimit: Double?
  var holds: Bool

  init(_ outcome: Claim.Outcome) {
    name = outcome.claim.name
    what = "\(outcome.claim.what), rows not learned from"
    rows = outcome.errors.rows
    medianAbsoluteError = outcome.errors.median
    medianLimit = outcome.claim.median
    worstAbsoluteError = outcome.errors.worst
    worstLimit = outcome.claim.worst
    holds = outcome.holds
  }

  private init?(_ name: String, _ what: String, _ rows: [MemoryEvidenceResult], worstLimit: Double) {
    guard let errors = ErrorSummary(rows.filter { $0.claim == name }.map(\.errorFraction)) else { return nil }
    self.name = name
    self.what = what
    self.rows = errors.rows
    medianAbsoluteError = errors.median
    worstAbsoluteError = errors.worst
    self.worstLimit = worstLimit
    holds = errors.worst <= worstLimit
  }

  /// What is claimed of memory: every row.
  static func memory(_ rows: [MemoryEvidenceResult]) -> [ToleranceResult] {
    [
      ToleranceResult(
        "hc-memory", "HC's memory, OLMo-1B, Table 9", rows, worstLimit: MemoryEvidence.hyperTolerance),
      ToleranceResult(
        "eager-saved", "saved tensors of an eager mHC block", rows, worstLimit: MemoryEvidence.eagerTolerance),
    ].compactMap { $0 }
  }
}
