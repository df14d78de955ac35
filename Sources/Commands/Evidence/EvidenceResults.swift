import Evidence
import Quantities

/// The constants of one family's law.
struct ConstantResult: Encodable {
  var source: String
  var version: String
  var operation: String
  var law: String
  var latencies: [Latency]
  var efficiency: Double?
  var efficiencyError: Double?
  var tokenSeconds: Double?
  var tokenSecondsError: Double?
  var tokenPairSeconds: Double?
  var tokenPairSecondsError: Double?
  var onChipBytesPerCycle: Double?
  var onChipBytesPerCycleError: Double?
  var rows: Int
  /// Root mean square of the learned rows' relative residuals.
  var residual: Double
  /// Where the constants come from.
  var provenance: String

  /// t0 of one call on one generation of devices.
  struct Latency: Encodable {
    /// The first digit or two of the compute capability; 0 where it is not known.
    var generation: Int
    var seconds: Double
    var errorSeconds: Double?
  }

  init(_ family: KernelFamily, _ law: KernelLaw) {
    source = family.source
    version = family.version
    operation = family.operation.rawValue
    self.law = law.form.rawValue
    latencies = law.latencies.sorted { $0.key < $1.key }.map {
      Latency(generation: $0.key, seconds: $0.value.value, errorSeconds: $0.value.error)
    }
    efficiency = law.efficiency?.value
    efficiencyError = law.efficiency?.error
    if law.form != .serial {
      onChipBytesPerCycle = law.limit?.value
      onChipBytesPerCycleError = law.limit?.error
    } else {
      tokenSeconds = law.limit?.value
      tokenSecondsError = law.limit?.error
      tokenPairSeconds = law.pairLimit?.value
      tokenPairSecondsError = law.pairLimit?.error
    }
    rows = law.samples
    residual = law.spread
    provenance =
      law.form == .onChip
      ? "least squares of relative residuals; η of the same source's post" : "least squares of relative residuals"
  }
}

/// Constants of one system on another.
struct TransferResult: Encodable {
  var operation: String
  var learnedSystem: String
  var testedSystem: String
  var rows: Int
  var medianAbsoluteError: Double
  var worstAbsoluteError: Double

  init(_ transfer: Transfer) {
    operation = transfer.operation.rawValue
    learnedSystem = transfer.learned
    testedSystem = transfer.tested
    rows = transfer.errors.rows
    medianAbsoluteError = transfer.errors.median
    worstAbsoluteError = transfer.errors.worst
  }
}

/// Published memory beside the ledger's.
struct MemoryEvidenceResult: Encodable {
  var name: String
  var claim: String?
  var predictedBytes: Int
  var measuredBytes: Int
  var errorFraction: Double
  var addedPredictedBytes: Int
  var addedMeasuredBytes: Int
  var addedErrorFraction: Double
  var leftOut: String?

  enum CodingKeys: String, CodingKey {
    case name = "case"
    case claim, predictedBytes, measuredBytes, errorFraction, addedPredictedBytes, addedMeasuredBytes
    case addedErrorFraction, leftOut
  }

  init(_ row: MemoryRow) {
    name = row.name
    claim = row.claim
    predictedBytes = row.baseBytes + row.addedBytes
    measuredBytes = row.baseBytes + row.measuredAddedBytes
    errorFraction = row.errorFraction
    addedPredictedBytes = row.addedBytes
    addedMeasuredBytes = row.measuredAddedBytes
    addedErrorFraction = row.addedErrorFraction
    leftOut = row.note
  }
}

/// What a family timed at one size reaches.
struct ReachedResult: Encodable {
  var source: String
  var system: String
  var operation: String
  var tokens: Int
  var channels: Int
  var movedBytes: Int
  var measuredSeconds: Double
  var bandwidthFraction: Double

  init(_ row: ReachedRow) {
    source = row.measurement.source
    system = row.device
    operation = row.measurement.operation.rawValue
    tokens = row.measurement.tokens
    channels = row.measurement.channels
    movedBytes = row.bytes.count
    measuredSeconds = row.measurement.time.value
    bandwidthFraction = row.bandwidthFraction
  }
}

/// What the comparison assumes and leaves out.
enum EvidenceNotes {
  static func assumptions(_ request: EvidenceRequest) -> [String] {
    let bandwidth =
      request.hardware == nil
      ? "B is the memory bus at the clock that the driver shows, not the data sheet's rounding of it; where check bits "
        + "share the bus (L40S) a sixteenth of it is theirs"
      : "B is the profile's"
    return [
      "t = t0 + bytes / (η B) a kernel; bytes are the sums of the ledger's rows, mHC with n streams in bf16 and "
        + "coefficients in fp32",
      bandwidth,
      "η is one number for an engine on all devices, t0 one for a generation of devices; a generation that was not "
        + "learned has the nearest one's",
      "pre moves its bytes at the η of the same engine's post; its projection takes in at most ρ bytes a cycle and "
        + "multiprocessor",
      "TensorRT-LLM before Hopper projects on vector lanes, a weight a load, at the first-level cache's 128 bytes a "
        + "cycle and multiprocessor: assumed from its source, learned from no row",
      "an engine or a version that was not learned has the constants of its newest learned version, or of all engines "
        + "together",
    ]
  }

  static let excluded = [
    "what a cache keeps between two kernels",
    "the paper's 6.7 %: no hardware, layout or batch is published with it",
    "clocks below the boost clock: power, temperature",
  ]
}
