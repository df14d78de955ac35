import CostModel
import FrameworkSettings
import Planner
import Quantities

/// A plan as a framework's settings, with what they cannot say in comments: nothing that the shell or Python would not take.
struct EmitText {
  let settings: FrameworkSettings
  let model: String
  let hardware: String

  var text: String {
    (header + [""] + body).joined(separator: "\n")
  }

  private var header: [String] {
    let (asked, nearest) = (settings.asked, settings.nearest)
    var lines = comment(
      "\(settings.framework.title): settings for \(model) on \(hardware). Names and limits as in \(settings.framework.revision)."
    )
    lines += comment("the plan: \(figures(asked))")
    if !settings.compromises.isEmpty {
      lines += comment(
        "these settings: \(figures(nearest)), \(change(nearest.peak.count - asked.peak.count)), step "
          + change(nearest.time.step.expected.value / asked.time.step.expected.value - 1))
      lines.append("#")
      lines += comment("What \(settings.framework.title) cannot do, and what is set instead:")
      for item in settings.compromises {
        guard let nearest = item.nearest else {
          lines += comment("- \(item.asked): \(item.reason). Nothing is set instead.")
          continue
        }
        lines += comment(
          "- \(item.asked): \(item.reason). Instead: \(nearest): \(change(item.peakBytes)), step \(change(item.stepFraction))"
        )
      }
    }
    var notes = settings.notes
    if let whole = settings.withOneBlock {
      notes.append("by default all layers of a stage are one recompute block: \(figures(whole))")
    }
    lines.append("#")
    return lines + notes.flatMap { comment($0) }
  }

  private var body: [String] {
    let isShell = settings.framework.language == .shell
    var lines = settings.preamble + (isShell ? ["MHC_PLAN_ARGS=("] : [])
    for topic in Setting.Topic.allCases {
      let own = settings.settings.filter { $0.topic == topic }
      guard !own.isEmpty else { continue }
      lines.append(isShell ? "  # \(topic.rawValue)" : "# \(topic.rawValue)")
      lines += own.map { isShell ? "  " + $0.shellWords.joined(separator: " ") : $0.pythonStatement }
    }
    return lines + (isShell ? [")"] : settings.closing)
  }

  private func figures(_ plan: Plan) -> String {
    "peak \(Units.gibibytes(plan.peak.count)) GiB of \(Units.gibibytes(plan.verdict.budget.count)), "
      + "\(plan.verdict.fits ? "fits" : "DOES NOT FIT"), step \(Units.seconds(plan.time.step.expected.value))"
  }

  private func change(_ bytes: Int) -> String {
    "\(bytes < 0 ? "-" : "+")\(Units.gibibytes(Int(bytes.magnitude))) GiB"
  }

  private func change(_ fraction: Double) -> String { (fraction < 0 ? "" : "+") + Units.percent(fraction) }

  /// A comment, wrapped.
  private func comment(_ text: String) -> [String] {
    let isItem = text.hasPrefix("- ")
    var lines: [String] = []
    var line = "#"
    for word in commentText(text).split(separator: " ") {
      // A unit stays with its number.
      if line.count + 1 + word.count > 110, line.count > 4, word.count > 3 {
        lines.append(line)
        line = isItem ? "#  " : "#"
      }
      line += " " + word
    }
    return lines + [line]
  }
}
