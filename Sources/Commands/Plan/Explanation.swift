import CostModel
import Messages
import Planner
import Profiles
import Quantities
import Schedules

/// One figure of a plan: its formula, its terms, and where they come from.
struct Explanation {
  let planner: Planner
  let plan: Plan

  init(_ planner: Planner, _ plan: Plan) {
    self.planner = planner
    self.plan = plan
  }

  /// Names that ``text(of:)`` takes, besides the paths of the JSON document's keys.
  static let figures =
    ["memory", "parameters", "recompute", "time", "overhead", "verdict", "hardware"]
    + MemoryPart.allCases.map { "memory.\($0.rawValue)" }

  /// The explanation of a figure, by its name or by its key in the document: `memory.streams`, `time.stepSeconds`.
  /// - Throws: `CommandFailure` for a name that is neither, with the nearest that is.
  func text(of figure: String) throws -> String {
    switch Self.name(of: figure) {
    case "list": return Self.figures.joined(separator: "\n")
    case "memory": return try MemoryPart.allCases.map(memory).joined(separator: "\n\n")
    case "parameters": return try parameters()
    case "recompute": return try recompute()
    case "time": return try time()
    case "overhead": return try overhead()
    case "verdict": return verdict()
    case "hardware": return constants
    case let name:
      if let part = MemoryPart.allCases.first(where: { "memory.\($0.rawValue)" == name }) { return try memory(part) }
      let nearest = nearestName(to: figure, among: Self.figures).map { "; did you mean \($0)?" } ?? ""
      throw CommandFailure(
        "--explain: expected one of \(Self.figures.joined(separator: ", ")), found '\(figure)'\(nearest)",
        status: .usage)
    }
  }

  /// The figure's name, from the path of a key in the document.
  private static func name(of path: String) -> String {
    let keys = path.split(separator: ".").map(String.init)
    guard keys.count > 1, let section = keys.first, let last = keys.last else { return path }
    switch (section, last) {
    case ("memory", "peakBytes"): return "memory"
    case ("memory", _):
      let part = last.hasSuffix("Bytes") ? String(last.dropLast(5)) : last
      return "memory.\(part)"
    case ("model", _): return "parameters"
    case ("time", "overheadFraction"), ("alternatives", "overheadFraction"): return "overhead"
    case ("time", _), ("work", _), ("alternatives", _): return "time"
    case ("recompute", _), ("verdict", _), ("hardware", _): return section
    default: return path
    }
  }

  private func memory(_ part: MemoryPart) throws -> String {
    let memory = try planner.memory(of: plan.heaviest, in: plan.layout)
    let bytes = memory.bytes(part).count
    var lines = [
      "memory.\(part.rawValue) = \(bytes) B = \(Units.bytes(bytes)), \(part.title), stage \(plan.heaviestStage)",
      "  = \(part.formula)",
    ]
    for symbol in part.formula.symbols {
      let value = memory.sizes[symbol].map(String.init) ?? "?"
      lines.append("  \(symbol.letter) = \(value): \(symbol.meaning)")
    }
    lines.append("  source: \(part.source)")
    if part == .layerActivations { lines.append(try keptTensors()) }
    return lines.joined(separator: "\n")
  }

  /// What each kind of layer function of the heaviest stage keeps.
  private func keptTensors() throws -> String {
    var table = TextTable(
      header: ["  kept by", "layers", "tensor", "elements a token", "", "format", "divided by", "source"],
      leftAligned: [0, 2, 3, 5, 6, 7])
    for part in try stageParts() {
      for row in part.ledger.saved(at: planner.setup.layerRecompute) {
        table.append([
          "  \(part.name)", String(part.count), row.tensor, row.elementsPerToken.description,
          String(try row.elementsPerToken.evaluate(at: part.values)),
          planner.setup.precision.format(of: row.tensorClass).rawValue, row.sharding.rawValue, row.source,
        ])
      }
    }
    return table.text
  }

  /// The layer functions of the heaviest stage, by kind.
  private func stageParts() throws -> [ModelPart] {
    var shape = try planner.modelLedger().shape
    let chunks = plan.heaviest.chunks
    shape.layers = chunks.flatMap { shape.layers[$0.layers] }
    let ledger = try ModelLedger(of: shape, sequence: planner.sequence)
    let isLast = chunks.contains { $0.part == plan.layersOfParts.count - 1 }
    return ledger.kinds.flatMap(\.parts) + (isLast ? ledger.predictionParts : [])
  }

  private func parameters() throws -> String {
    let ledger = try planner.modelLedger()
    var table = TextTable(
      header: ["part", "times", "parameter", "formula", "", "active", "divided by"], leftAligned: [0, 2, 3, 6])
    for part in ledger.parts + ledger.predictionParts {
      for row in part.ledger.parameters {
        table.append([
          part.name, String(part.count), row.name, row.count.description,
          String(try row.count.evaluate(at: part.values)), String(try row.activeCount.evaluate(at: part.values)),
          row.sharding.rawValue,
        ])
      }
    }
    let counts = try ledger.parameterCounts(connectionParameters: planner.connectionParameters)
    return table.text + """

      connections: \(planner.model.residualLayers) × \(planner.connectionParameters)
      total \(counts.total.count), active \(counts.active.count) a token; prediction modules apart: \
      \(counts.prediction.count)
      """
  }

  private func recompute() throws -> String {
    let stage = plan.heaviest
    let rule = try Equation20(layers: stage.residualLayers, streams: planner.setup.streams)
    let blocks = stage.segments.map { "\($0.layers) \($0.kind.rawValue)" }.joined(separator: ", ")
    return """
      stage \(stage.index): \(stage.residualLayers) residual layers, \(stage.inFlight) microbatches in flight
        chosen by '\(planner.setup.streamRecompute.argument)', front to back: \(blocks)
        peak \(stage.moment)
        timeline: a block holds the inputs of the blocks before it, what the layer functions up to it keep, its own
        streams, layer inputs and norms, and everything of the other microbatches
        Eq. 20: argmin of nC⌈L/L_r⌉ + (n+2)C L_r, L = \(stage.residualLayers): \
      \(rule.minimisers.map(String.init).joined(separator: ", ")), √(nL/(n+2)) = \
      \(Units.fixed(rule.estimate, digits: 2))
        \(stage.isProvenBest ? "no other choice under this policy is better" : "a better choice may exist")
        source: mHC (arXiv:2512.24880) Eq. (20), Table 3, §4.3.2
      """
  }

  private func time() throws -> String {
    let stage = plan.stages[plan.time.slowestStage]
    var table = TextTable(
      header: ["stage \(stage.index), one microbatch", "pass", "runs", "MB", "GFLOP", "bound by", "time"],
      leftAligned: [0, 1, 5])
    for row in try planner.operationTimes(of: stage, in: plan.layout) {
      table.append([
        row.name, row.pass, String(row.count), Units.fixed(row.bytes / 1e6, digits: 1),
        Units.fixed(row.flops / 1e9, digits: 1), row.bound.rawValue, Units.seconds(row.total.value),
      ])
    }
    let time = plan.time
    return """
      step = \(Units.seconds(time.step.expected.value)): \(plan.layout.schedule.rawValue), pass by pass, \
      m = \(time.microbatches) microbatches, each \(Units.seconds(time.microbatch.computing.value)) of computing and \
      \(Units.seconds(time.microbatch.messages.value)) of messages on the slowest stage
      an operation takes t0 + max(bytes / (η B), FLOPs / (η' P)); MB and GFLOP are of one run, time of all
      \(constants)

      \(table.text)
      """
  }

  private var constants: String {
    let hardware = planner.hardware
    return hardware.provenance.map { "  \($0.key): \($0.kind.rawValue), \($0.source)" }.joined(separator: "\n")
  }

  private func overhead() throws -> String {
    let time = plan.time
    let parts = time.microbatch
    let connection = parts.connectionForward + parts.connectionBackward + parts.connectionRecompute
    return """
      overhead = step / step with residual connections - 1 = \(Units.percent(time.overhead.expected)) expected, \
      \(Units.percent(time.overhead.low)) to \(Units.percent(time.overhead.high))
        step \(Units.seconds(time.step.expected.value)), with residual connections \
      \(Units.seconds(time.residualStep.expected.value))
        connections take \(Units.seconds(connection.value)) of the \(Units.seconds(parts.total.value)) of one \
      microbatch on stage \(time.slowestStage)
        high: layer functions at the best efficiency, memory and latency at the worst; low: the reverse
        the efficiency of the layer functions' matrix products decides most of it; --explain time has every operation
        a residual's messages between stages are \(planner.setup.streams) times shorter; all others are the same
      """
  }

  private func verdict() -> String {
    let verdict = plan.verdict
    return """
      budget \(verdict.budget.count) B = memory \(planner.hardware.memoryCapacity.value.count) B \
      (\(planner.hardware.memoryCapacity.kind.rawValue): \(planner.hardware.memoryCapacity.source)) \
      less the reserve of \(planner.setup.reserve.argument)
        peak \(plan.peak.count) B on stage \(plan.heaviestStage), margin \(verdict.margin.count) B: \
      \(verdict.fits ? "fits" : "does not fit")
        with a fifth more activations \(verdict.cautiousPeak.count) B: the verdict is \
      \(verdict.certainty.rawValue)
      """
  }
}
