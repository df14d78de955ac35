import CostModel
import Planner
import Schedules
import Search

/// A search's result for people: the best plans first, then what each choice costs.
struct SearchText {
  let document: SearchDocument

  init(_ document: SearchDocument) { self.document = document }

  var text: String {
    var parts = [headline]
    if let nearest = document.nearest {
      parts.append(nothing(nearest))
    } else {
      parts += [best, commands, frontier, prices]
    }
    parts += [questions, notes]
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var headline: String {
    let (request, counts) = (document.request, document.counts)
    let incomplete =
      document.complete ? "" : "\nINCOMPLETE: the best of the candidates that were planned, not of all"
    return """
      \(request.model) on \(request.devices) × \(request.hardware), \(request.globalBatch) sequences of \
      \(request.sequence) tokens a step
      \(counts.layouts) layouts, \(counts.settings) settings each; with \(document.questions.count) more questions \
      \(counts.planned) of \(counts.candidates) plans made, \(counts.fitting) of \(counts.plannedAsAsked) as asked fit\
      \(incomplete)
      """
  }

  private func nothing(_ nearest: SearchDocument.Nearest) -> String {
    guard let plan = nearest.plan else { return "NOTHING FITS: no layout exists: \(nearest.reason)" }
    return """
      NOTHING FITS: the plan with the least memory takes \(Units.bytes(plan.peakBytes)) of \
      \(Units.bytes(plan.budgetBytes)):
        \(plan.command ?? "")
      """
  }

  private static let columns = [
    "step", "low to high", "overhead", "peak GiB", "fits", "data", "tensor", "pipe", "expert", "context", "batch",
    "schedule", "n", "fusion", "zero", "layers", "recompute",
  ]

  private static func cells(_ plan: SearchEntry) -> [String] {
    [
      Units.seconds(plan.stepSeconds.expected),
      "\(Units.seconds(plan.stepSeconds.low)) to \(Units.seconds(plan.stepSeconds.high))",
      Units.percent(plan.overheadFraction.expected), Units.gibibytes(plan.peakBytes), plan.certainty, String(plan.data),
      String(plan.tensor), String(plan.pipeline), String(plan.expert), String(plan.context), String(plan.microbatch),
      plan.schedule + (plan.schedule == ScheduleName.interleaved.rawValue ? " \(plan.chunks)" : ""),
      String(plan.streams), plan.fusion.rawValue, String(plan.zeroStage), plan.layerRecompute, plan.recompute,
    ]
  }

  private static let leftAligned: Set<Int> = [0, 5, 12, 14, 16, 17]

  private var best: String {
    var table = TextTable(header: ["fastest"] + Self.columns, leftAligned: Self.leftAligned)
    for (place, plan) in document.best.enumerated() { table.append(["\(place + 1)"] + Self.cells(plan)) }
    return table.text
  }

  private var commands: String {
    document.best.enumerated().map { "\($0 + 1)  \($1.command ?? "")" }.joined(separator: "\n")
  }

  /// At most so many rows of the frontier; the document has all.
  private static let longestFrontier = 16

  private var frontier: String {
    let plans = document.frontier
    var table = TextTable(header: ["time against memory"] + Self.columns, leftAligned: Self.leftAligned)
    let count = min(plans.count, Self.longestFrontier)
    for row in 0..<count {
      let place = count == 1 ? 0 : row * (plans.count - 1) / (count - 1)
      table.append(["\(place + 1) of \(plans.count)"] + Self.cells(plans[place]))
    }
    return table.text
  }

  private var prices: String {
    var table = TextTable(
      header: ["what a choice costs", "best step", "slower by", "peak GiB", "with"], leftAligned: [0, 4])
    for price in document.prices {
      guard let plan = price.plan else {
        table.append([price.option, "-", "nothing fits", "-", ""])
        continue
      }
      table.append([
        price.option, Units.seconds(plan.stepSeconds.expected), price.costFraction.map(Units.percent) ?? "-",
        Units.gibibytes(plan.peakBytes), Self.summary(plan),
      ])
    }
    return document.prices.isEmpty ? "" : table.text
  }

  private static func summary(_ plan: SearchEntry) -> String {
    "data \(plan.data), tensor \(plan.tensor), pipeline \(plan.pipeline), expert \(plan.expert), "
      + "context \(plan.context), microbatch \(plan.microbatch), \(plan.schedule), zero \(plan.zeroStage), "
      + "layer recompute \(plan.layerRecompute), recompute \(plan.recompute)"
  }

  private var questions: String {
    var table = TextTable(
      header: ["the best if otherwise", "step", "change", "peak GiB", "with"], leftAligned: [0, 4])
    for answer in document.questions {
      let title = Question(argument: answer.question)?.title ?? answer.question
      guard let plan = answer.plan else {
        table.append([title, "-", "nothing fits", "-", ""])
        continue
      }
      let change = answer.costFraction.map { ($0 > 0 ? "+" : "") + Units.percent($0) } ?? "-"
      table.append([
        title, Units.seconds(plan.stepSeconds.expected), change, Units.gibibytes(plan.peakBytes), Self.summary(plan),
      ])
    }
    return document.questions.isEmpty ? "" : table.text
  }

  private var notes: String {
    (document.assumptions.map { "assumed: \($0)" } + document.excluded.map { "excluded: \($0)" }
      + ["--json has every number exactly, and the command line of every plan."])
      .joined(separator: "\n")
  }
}
