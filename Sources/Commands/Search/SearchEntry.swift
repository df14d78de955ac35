import CostModel
import Planner
import Quantities
import Search

/// One plan of a search's result.
struct SearchEntry: Codable, Hashable {
  /// What it answers: `asked`, `moreMemory:BYTES`, `residual` or `streams:N`.
  var question: String
  /// Its place among all candidates of its question, counted from 0.
  var candidate: Int
  var data: Int
  var tensor: Int
  var pipeline: Int
  var expert: Int
  var context: Int
  var microbatch: Int
  var microbatches: Int
  var connection: Connection
  var streams: Int
  var fusion: Fusion
  var zeroStage: Int
  var layerRecompute: String
  var recompute: String
  var recomputedLayers: Int
  var residualLayers: Int
  var stepSeconds: RangeResult
  var overheadFraction: RangeResult
  var bubbleFraction: Double
  var peakBytes: Int
  var budgetBytes: Int
  var marginBytes: Int
  var fits: Bool
  var certainty: String
  /// The command line that gives this plan; none for memory beyond what the device has.
  var command: String?

  init(_ candidate: Candidate, _ planner: Planner, on hardware: Hardware, _ line: PlanCommandLine) throws {
    let plan = try planner.plan(candidate.layout)
    let (layout, setting) = (candidate.layout, candidate.setting)
    question = candidate.question.argument
    self.candidate = candidate.index
    data = layout.data
    tensor = layout.tensor
    pipeline = layout.pipeline
    expert = layout.expert
    context = layout.context
    microbatch = layout.microbatch
    microbatches = layout.microbatches
    connection = setting.connection
    streams = setting.streams
    fusion = setting.fusion
    zeroStage = setting.zeroStage.rawValue
    layerRecompute = setting.layerRecompute.rawValue
    recompute = setting.streamRecompute.argument
    recomputedLayers = plan.stages.reduce(0) { $0 + $1.residualLayers - $1.storedLayers }
    residualLayers = plan.stages.reduce(0) { $0 + $1.residualLayers }
    stepSeconds = RangeResult(plan.time.step)
    overheadFraction = RangeResult(plan.time.overhead)
    bubbleFraction = plan.time.bubbleFraction
    peakBytes = plan.peak.count
    budgetBytes = plan.verdict.budget.count
    marginBytes = plan.verdict.margin.count
    fits = plan.verdict.fits
    certainty = plan.verdict.certainty.rawValue
    command = planner.hardware == hardware ? line.text(layout, planner.setup) : nil
  }
}

extension SearchEntry {
  /// The candidate that the entry is of, in a search of this request; nil where a value is none that a search makes.
  func candidate(in request: SearchRequestResult) -> Candidate? {
    let sizes = [data, tensor, pipeline, expert, context, microbatch]
    guard let question = Question(argument: question), let zero = ZeroStage(rawValue: zeroStage),
      let level = RecomputeLevel(rawValue: layerRecompute), let policy = StreamRecompute(argument: recompute),
      sizes.allSatisfy({ (1...Layout.largestSize).contains($0) }), candidate >= 0, peakBytes >= 0,
      stepSeconds.expected >= 0, marginBytes.magnitude < 1 << 62, budgetBytes.magnitude < 1 << 62
    else { return nil }
    return Candidate(
      question: question, index: candidate,
      layout: Layout(
        data: data, tensor: tensor, sequenceParallel: request.sequenceParallel, pipeline: pipeline, expert: expert,
        context: context, microbatch: microbatch, sequence: request.sequence, globalBatch: request.globalBatch),
      setting: Setting(
        connection: connection, streams: streams, fusion: fusion, zeroStage: zero, layerRecompute: level,
        streamRecompute: policy),
      stepSeconds: stepSeconds.expected, peakBytes: peakBytes, fits: fits)
  }
}

extension Question {
  /// The question as documents spell it.
  var argument: String {
    switch self {
    case .asked: "asked"
    case .moreMemory(let bytes): "moreMemory:\(bytes)"
    case .residual: "residual"
    case .streams(let count): "streams:\(count)"
    }
  }

  /// The question of that spelling; nil for any other.
  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    switch (parts[0], parts.count, parts.count == 2 ? Int(parts[1]) : nil) {
    case ("asked", 1, _): self = .asked
    case ("residual", 1, _): self = .residual
    case ("moreMemory", 2, let bytes?): self = .moreMemory(bytes: bytes)
    case ("streams", 2, let count?): self = .streams(count)
    default: return nil
    }
    guard self.argument == argument else { return nil }
  }

  /// The question for people.
  var title: String {
    switch self {
    case .asked: "as asked"
    case .moreMemory(let bytes): "with \(Units.bytes(bytes)) more on every device"
    case .residual: "with residual connections"
    case .streams(let count): "with n = \(count)"
    }
  }
}
