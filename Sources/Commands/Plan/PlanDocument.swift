import CostModel
import Planner
import Profiles
import Quantities

/// The result of `plan`.
struct PlanDocument: ResultDocument {
  static let command = "plan"
  static let version = 1

  var request: PlanRequestResult
  var assumptions: [String]
  var excluded: [String]
  var warnings: [String]
  var model: ModelResult
  var hardware: HardwareResult
  var memory: MemoryResult
  var recompute: RecomputeResult
  var time: TimeResult
  var work: WorkResult
  var verdict: VerdictResult
  var alternatives: [AlternativeResult]
  /// What would make a plan fit that does not.
  var remedies: [RemedyResult]
  /// The plan as a framework's settings, where they are asked for.
  var emit: EmitResult?

  init(_ loaded: LoadedModel, _ planner: Planner, _ plan: Plan) throws {
    request = PlanRequestResult(loaded, planner, plan)
    assumptions = PlanNotes.assumptions(loaded, planner, [plan.layout])
    excluded = PlanNotes.excluded(planner.hardware)
    warnings = loaded.warnings.map(\.description)
    model = try ModelResult(loaded, planner)
    hardware = HardwareResult(planner.hardware)
    memory = try MemoryResult(planner, plan)
    recompute = try RecomputeResult(planner, plan)
    time = try TimeResult(planner, plan)
    work = try WorkResult(planner, plan)
    verdict = VerdictResult(plan.verdict)
    alternatives = try planner.alternatives(plan.layout).map(AlternativeResult.init)
    remedies = plan.verdict.fits ? [] : try planner.remedies(plan.layout).map(RemedyResult.init)
  }
}

/// A low, an expected and a high value.
struct RangeResult: Codable, Hashable {
  var low: Double
  var expected: Double
  var high: Double

  init(_ range: Estimate<Double>) {
    (low, expected, high) = (range.low, range.expected, range.high)
  }

  init(_ range: Estimate<Seconds>) {
    (low, expected, high) = (range.low.value, range.expected.value, range.high.value)
  }
}

/// Whether the plan fits.
struct VerdictResult: Encodable {
  var fits: Bool
  var certainty: String
  var budgetBytes: Int
  var marginBytes: Int
  var cautiousPeakBytes: Int

  init(_ verdict: Verdict) {
    fits = verdict.fits
    certainty = verdict.certainty.rawValue
    budgetBytes = verdict.budget.count
    marginBytes = verdict.margin.count
    cautiousPeakBytes = verdict.cautiousPeak.count
  }
}

/// Another connection in the same layout.
struct AlternativeResult: Encodable {
  var connection: Connection
  var streams: Int
  var fusion: Fusion
  var peakBytes: Int
  var fits: Bool
  var stepSeconds: RangeResult
  var overheadFraction: RangeResult
  var largestMicrobatch: Int
  var recomputedLayers: Int
  var residualLayers: Int

  init(_ alternative: Alternative) {
    let plan = alternative.plan
    connection = alternative.connection
    streams = alternative.streams
    fusion = alternative.fusion
    peakBytes = plan.peak.count
    fits = plan.verdict.fits
    stepSeconds = RangeResult(plan.time.step)
    overheadFraction = RangeResult(plan.time.overhead)
    largestMicrobatch = alternative.largestMicrobatch
    recomputedLayers = plan.stages.reduce(0) { $0 + $1.residualLayers - $1.storedLayers }
    residualLayers = plan.stages.reduce(0) { $0 + $1.residualLayers }
  }
}

/// A change with which the plan would fit.
struct RemedyResult: Encodable {
  var options: String
  var devices: Int
  var peakBytes: Int
  var stepSeconds: RangeResult

  init(_ remedy: Remedy) {
    options = remedy.options
    devices = remedy.devices
    peakBytes = remedy.plan.peak.count
    stepSeconds = RangeResult(remedy.plan.time.step)
  }
}
