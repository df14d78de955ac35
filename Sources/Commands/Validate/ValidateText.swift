import Quantities
import Validation

/// A validation as people read it: totals, errors by what the rows have in common, and the worst rows.
struct ValidateText {
  var report: ValidationReport
  var document: ValidateDocument

  var text: String {
    ([counts, memory] + times + [profile] + sweep + [verdict]).filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var counts: String {
    guard !report.counts.isEmpty else { return "" }
    let equal = report.counts.count { $0.predicted == $0.counted }
    return "Counts: \(equal) of \(report.counts.count) of the ledger's FLOPs, loads and stores equal a counted run."
  }

  private var memory: String {
    guard !report.memory.isEmpty else { return "" }
    let equal = report.memory.count { $0.predicted == $0.measured }
    let resident = report.memory.compactMap { row -> String? in
      row.residentError.map {
        "  \(row.name): resident set grew \(Units.bytes(row.residentBytes ?? 0)), \(signed($0)) of the prediction"
      }
    }
    let first = "Memory: \(equal) of \(report.memory.count) peaks equal the prediction to the byte, purpose by purpose."
    return ([first] + resident).joined(separator: "\n")
  }

  private var times: [String] {
    guard !report.times.isEmpty else { return [] }
    let tables = report.groups.filter { $0.title != "size" }.map { title, summaries in
      var table = TextTable(header: [title, "rows", "median", "median abs.", "p90", "worst"])
      for one in summaries {
        table.append([
          one.name, "\(one.samples)", signed(one.medianError), Units.percent(one.medianAbsoluteError),
          Units.percent(one.p90AbsoluteError), Units.percent(one.worstAbsoluteError),
        ])
      }
      return table.text
    }
    var worst = TextTable(header: ["worst rows", "predicted", "measured", "error", "suspect"], leftAligned: [0, 4])
    for row in report.worst(10) {
      worst.append([
        row.name, Units.seconds(row.predicted.value), Units.seconds(row.measured.value), signed(row.error),
        Assumption.suspect(of: row).rawValue,
      ])
    }
    let suspects = Set(report.worst(10).map { Assumption.suspect(of: $0) }).sorted { $0.rawValue < $1.rawValue }
    let all = report.summary.map {
      "Times: \($0.samples) rows, each predicted before it ran. Median error \(signed($0.medianError)), absolute "
        + "\(Units.percent($0.medianAbsoluteError)), 90th percentile \(Units.percent($0.p90AbsoluteError))."
    }
    return [all ?? ""] + tables + [
      worst.text, suspects.map { "\($0.rawValue): \($0.statement)" }.joined(separator: "\n"),
    ]
  }

  /// The profile against its own probes, and what it gives without any beside the rows.
  private var profile: String {
    guard let alone = report.summaryByProfile, !report.profile.isEmpty else { return "" }
    let factors = report.profile.map { "\($0.name) \(($0.factor * 100).rounded() / 100)" }
    return "By the profile alone: absolute error \(Units.percent(alone.medianAbsoluteError)), 90th percentile "
      + "\(Units.percent(alone.p90AbsoluteError)).\nIts own probes, time now over time in it: "
      + factors.joined(separator: ", ") + "."
  }

  private var sweep: [String] {
    guard let sweep = report.sweep else { return [] }
    var table = TextTable(header: ["blocks", "peak", "predicted", "step", "price", "± noise", "predicted"])
    for row in sweep.rows {
      let price = sweep.price(row)
      table.append([
        row.blocks, Units.bytes(row.measuredBytes), Units.bytes(row.predictedBytes), Units.seconds(row.measured.value),
        price.map { signed($0.measured) } ?? "", price.map { Units.percent($0.noise) } ?? "",
        price.map { signed($0.predicted) } ?? "",
      ])
    }
    let line =
      "Recompute: the planner's blocks are \(sweep.isOptimal ? "" : "not ")the measured minimum; uneven ones save "
      + "\(Units.bytes(sweep.savedBytes)), \(Units.bytes(sweep.promisedBytes)) promised. "
      + "\(sweep.signs.right) of the \(sweep.signs.judged) prices above their noise have the predicted sign; "
      + "\(sweep.signs.all - sweep.signs.judged) are below it and not judged."
    return [table.text, line]
  }

  private var verdict: String {
    report.failures.isEmpty
      ? "Within all limits." : "Outside its limits:\n  " + report.failures.joined(separator: "\n  ")
  }

  private func signed(_ value: Double) -> String { (value > 0 ? "+" : "") + Units.percent(value) }
}
