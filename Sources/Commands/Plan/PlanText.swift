import CostModel
import Planner

/// A plan for people: the verdict first, then what it rests on.
struct PlanText {
  let document: PlanDocument

  init(_ document: PlanDocument) { self.document = document }

  var text: String {
    [headline, verdict + remedies, memory, recompute, time, communication, alternatives, notes]
      .filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var headline: String {
    let (model, request) = (document.model, document.request)
    let parameters = model.parameters
    let connection =
      request.connection == .residual
      ? "residual" : "\(request.connection.rawValue) n = \(request.streams), \(request.fusion.rawValue) kernels"
    return """
      \(model.name): \(Units.parameters(parameters.total)) parameters, \(Units.parameters(parameters.active)) active, \
      \(model.layers) layers of \(model.channels) channels; \(connection) \
      (\(Units.parameters(parameters.connections)) parameters)
      \(request.devices) × \(document.hardware.title): data \(request.data), tensor \(request.tensor), \
      pipeline \(request.pipeline), expert \(request.expert), context \(request.context); \
      \(request.microbatches) microbatches of \(request.microbatch) × \(request.sequence) tokens, \
      \(request.schedule)\(request.chunks > 1 ? " with \(request.chunks) chunks a stage" : "")
      """
  }

  private var verdict: String {
    let verdict = document.verdict
    let margin = Units.bytes(abs(verdict.marginBytes))
    let sure = verdict.certainty == "sure" ? "" : " This is close: a fifth more activations would change it."
    return verdict.fits
      ? "FITS: \(Units.bytes(document.memory.peakBytes)) of \(Units.bytes(verdict.budgetBytes)), \(margin) to spare.\(sure)"
      : "DOES NOT FIT: \(Units.bytes(document.memory.peakBytes)) of \(Units.bytes(verdict.budgetBytes)), "
        + "\(margin) too much.\(sure)"
  }

  private var remedies: String {
    guard !document.verdict.fits else { return "" }
    guard !document.remedies.isEmpty else {
      return "\nNo single option makes it fit, nor one with --layer-recompute full: it takes more devices."
    }
    return "\nIt fits with one of:"
      + document.remedies.map { remedy in
        "\n  \(remedy.options): \(Units.bytes(remedy.peakBytes)), step \(Units.seconds(remedy.stepSeconds.expected)), "
          + "\(remedy.devices) devices"
      }.joined()
  }

  private var memory: String {
    let memory = document.memory
    var table = TextTable(header: ["memory of a device", "GiB", "formula"], leftAligned: [0, 2])
    for part in MemoryPart.allCases {
      let key = "\(part.rawValue)Bytes"
      table.append([part.title, Units.gibibytes(memory.parts[key] ?? 0), memory.formulas[key] ?? ""])
    }
    table.append(["peak", Units.gibibytes(memory.peakBytes), "the sum of the above"])
    let stage = memory.stages[memory.stage]
    return table.text
      + "\non stage \(stage.stage) of \(memory.stages.count), \(stage.inFlight) microbatches in flight, \(memory.moment)"
  }

  private var recompute: String {
    let recompute = document.recompute
    var lines = ["recompute (\(recompute.policy)), in residual layers, two a Transformer layer:"]
    for stage in recompute.stages {
      let blocks = Self.blocks(stage.blocks)
      let what =
        stage.blocks.isEmpty
        ? "nothing is recomputed, all \(stage.residualLayers) layers are stored"
        : "blocks \(blocks)" + (stage.storedLayers > 0 ? ", then \(stage.storedLayers) layers stored" : "")
      lines.append("  stage \(stage.stage): \(what)")
    }
    lines = Self.folded(lines)
    if !recompute.isProvenBest {
      lines.append(
        recompute.choices.isEmpty
          ? "  not proven best: the best of the blocks that were tried under this order of passes; others may take less time"
          : "  not proven best: the search was cut short, other blocks may take less time")
    }
    return lines.joined(separator: "\n") + (recompute.choices.isEmpty ? "" : "\n\n" + choices)
  }

  /// Every policy on the heaviest stage, in the units that frameworks count in.
  private var choices: String {
    let recompute = document.recompute
    var table = TextTable(
      header: ["stage \(recompute.stage) if all of it were", "blocks, front to back", "peak GiB"], leftAligned: [0, 1])
    let paper = Units.fixed(recompute.paper.estimateLayers, digits: 2)
    let titles = [
      "stored": "stored", "paper": "Eq. 20, √(nL/(n+2)) = \(paper)", "uniform": "blocks of one size, the best",
      "uneven": "blocks of any sizes, the best", "uniformTransformerLayers": "one size, in Transformer layers",
      "unevenTransformerLayers": "any sizes, in Transformer layers",
    ]
    for choice in recompute.choices {
      table.append([
        titles[choice.policy] ?? choice.policy, Self.blocks(choice.blocks),
        Units.gibibytes(choice.peakBytes),
      ])
    }
    return table.text
  }

  /// Block sizes, front to back; five or more of one size in a row as `5×4`.
  private static func blocks(_ sizes: [Int]) -> String {
    var runs: [(size: Int, count: Int)] = []
    for size in sizes {
      if let last = runs.last, last.size == size {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((size, 1))
      }
    }
    return runs.flatMap { run in
      run.count < 5 ? Array(repeating: "\(run.size)", count: run.count) : ["\(run.count)×\(run.size)"]
    }
    .joined(separator: " ")
  }

  /// Stages in a row that do the same share a line.
  private static func folded(_ lines: [String]) -> [String] {
    var result: [String] = []
    var previous: (what: String, first: String, last: String)?
    func flush() {
      guard let run = previous else { return }
      result.append("  stage \(run.first == run.last ? run.first : "\(run.first) to \(run.last)"): \(run.what)")
    }
    for line in lines {
      guard line.hasPrefix("  stage "), let colon = line.firstIndex(of: ":") else {
        flush()
        previous = nil
        result.append(line)
        continue
      }
      let number = String(line[line.index(line.startIndex, offsetBy: 8)..<colon])
      let what = String(line[line.index(colon, offsetBy: 2)...])
      if let run = previous, run.what == what {
        previous = (what, run.first, number)
      } else {
        flush()
        previous = (what, number, number)
      }
    }
    flush()
    return result
  }

  private var time: String {
    let time = document.time
    var table = TextTable(header: ["time", "low", "expected", "high"], leftAligned: [0])
    func row(_ name: String, _ range: RangeResult, _ text: (Double) -> String) {
      table.append([name, text(range.low), text(range.expected), text(range.high)])
    }
    row("step", time.stepSeconds, Units.seconds)
    row("step, residual connections", time.residualStepSeconds, Units.seconds)
    row("overhead of the connection", time.overheadFraction, Units.percent)
    let parts = time.microbatchSeconds
    let work = document.work
    let (matrix, memory) = (document.hardware.matrixEfficiency, document.hardware.memoryEfficiency)
    let tokens = Int(time.tokensPerSecond.expected.rounded())
    let layers = parts.layerForward + parts.layerBackward + parts.layerRecompute + parts.head
    return table.text + """

      the ranges rest on η', what layer functions reach of the matrix peak, \(matrix.low) to \(matrix.high), more than on \
      η, what is reached of the memory's bandwidth, \(memory.low) to \(memory.high)
      stage \(time.slowestStage), one microbatch: layer functions \(Units.seconds(layers)), connections \
      \(Units.seconds(parts.connectionForward)) forward, \(Units.seconds(parts.connectionBackward)) backward, \
      \(Units.seconds(parts.connectionRecompute)) recompute; of the step it waits \(Units.percent(time.bubbleFraction)), for \
      other stages and messages
      the whole step: \(tokens) tokens/s, model FLOPs utilization \(Units.percent(time.modelFLOPsUtilization)) of the \
      \(time.modelFLOPsUtilizationFormat) peak
      it computes \(Units.flops(Double(work.layerFLOPs))) in layer functions and \
      \(Units.flops(Double(work.connectionFLOPs))) in connections, which read \
      \(Units.bytes(work.connectionReadBytes)) and write \(Units.bytes(work.connectionWrittenBytes))\
      \(work.boundaryMessageBytes > 0 ? "; a message to the next stage is \(Units.bytes(work.boundaryMessageBytes))" : "")
      """
  }

  /// What a step's messages take.
  private var communication: String {
    let time = document.time
    guard !time.communication.isEmpty else { return "" }
    var table = TextTable(
      header: ["messages of a step, stage \(time.slowestStage)", "devices", "domains", "exposed", "hidden"],
      leftAligned: [0])
    for row in time.communication {
      table.append([
        row.kind, String(row.devices), String(row.domains), Units.seconds(row.exposedSeconds),
        Units.seconds(row.hiddenSeconds),
      ])
    }
    return table.text
      + "\nexposed: what the step would save without them; hidden: beside computing, or while the stage waits anyway"
  }

  private var alternatives: String {
    var table = TextTable(
      header: [
        "side by side", "n", "peak GiB", "fits", "step", "overhead", "largest microbatch", "layers recomputed",
      ], leftAligned: [0])
    for other in document.alternatives {
      let overhead = other.overheadFraction
      table.append([
        other.connection == .residual ? "residual" : "\(other.connection.rawValue), \(other.fusion.rawValue)",
        String(other.streams), Units.gibibytes(other.peakBytes), other.fits ? "yes" : "no",
        Units.seconds(other.stepSeconds.expected),
        other.connection == .residual ? "-" : "\(Units.percent(overhead.low)) to \(Units.percent(overhead.high))",
        String(other.largestMicrobatch), "\(other.recomputedLayers) of \(other.residualLayers)",
      ])
    }
    return table.text
  }

  private var notes: String {
    (document.assumptions.map { "assumed: \($0)" } + document.excluded.map { "excluded: \($0)" }
      + ["--explain FIGURE prints a figure's terms and sources; --json has every number exactly."])
      .joined(separator: "\n")
  }
}
