import Quantities
import Validation

/// A validation as a page of the documentation: the picture, the errors by what rows have in common, the worst rows.
struct ValidationPage {
  var report: ValidationReport
  var document: ValidateDocument

  /// The picture's name beside the page.
  static let figureName = "validation-run.svg"

  /// Writes the page and its picture.
  func write(to files: Files) throws {
    try files.figure.write(ValidationFigure(rows: report.times).svg)
    try files.page.write(markdown)
  }

  /// The files of a page, looked at before the minutes whose result they will hold.
  struct Files {
    let figure, page: OutputFile

    /// Throws for a folder that is not there, or cannot be written to.
    init(folder: String) throws {
      figure = try OutputFile("\(folder)/\(ValidationPage.figureName)", option: "--page")
      page = try OutputFile("\(folder)/ValidationRun.md", option: "--page")
    }
  }

  /// The page, in DocC's Markdown.
  var markdown: String {
    ([title, times] + tables + [worst, memory, sweep]).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private var title: String {
    let all = report.summary
    return """
      # A validation run

      What was predicted and what was measured on one machine.

      Made by `mhc-plan validate --page`; do not edit. \(document.machine.processor), \(document.machine.cores) processors, \
      \(document.machine.instructionSet), \(document.machine.measured). \(all?.samples ?? 0) times, each predicted before \
      it was run: median absolute error **\(percent(all?.medianAbsoluteError))**, 90th percentile \
      **\(percent(all?.p90AbsoluteError))**, signed median \(percent(all?.medianError)).
      An error above zero is a layer that was quicker than predicted.
      """
  }

  private var times: String {
    "![Predicted over measured time, both logarithmic, with a dot for each row.](\(Self.figureName))"
  }

  private var tables: [String] {
    report.groups.filter { $0.title != "size" }.map { title, summaries in
      var lines = ["| \(title) | rows | median | median abs. | p90 | worst |", "| --- | --- | --- | --- | --- | --- |"]
      for one in summaries {
        lines.append(
          "| \(one.name) | \(one.samples) | \(percent(one.medianError)) | \(percent(one.medianAbsoluteError)) | "
            + "\(percent(one.p90AbsoluteError)) | \(percent(one.worstAbsoluteError)) |")
      }
      return "## By \(title)\n\n" + lines.joined(separator: "\n")
    }
  }

  private var worst: String {
    var lines = ["| row | predicted | measured | error | suspect |", "| --- | --- | --- | --- | --- |"]
    for row in report.worst(20) {
      lines.append(
        "| `\(row.name)` | \(Units.seconds(row.predicted.value)) | \(Units.seconds(row.measured.value)) | "
          + "\(percent(row.error)) | \(Assumption.suspect(of: row).rawValue) |")
    }
    let statements = Assumption.allCases.map { "- *\($0.rawValue)*: \($0.statement)." }
    return "## The worst rows\n\n" + lines.joined(separator: "\n")
      + "\n\nSuspects are the assumptions that a row leans on "
      + "most:\n\n" + statements.joined(separator: "\n")
  }

  private var memory: String {
    let equal = report.memory.count { $0.predicted == $0.measured }
    let counts = report.counts.count { $0.predicted == $0.counted }
    let resident = report.memory.compactMap { row in
      row.residentError.map { "- `\(row.name)`: the resident set grew by \(percent($0)) more than the predicted peak." }
    }
    return
      "## Memory and counts\n\n\(equal) of \(report.memory.count) peaks equal the prediction to the byte, purpose by "
      + "purpose. \(counts) of \(report.counts.count) counts equal a counted run.\n\n"
      + resident.joined(separator: "\n")
  }

  private var sweep: String {
    guard let sweep = report.sweep else { return "" }
    var lines = [
      "| blocks | peak, bytes | predicted, bytes | price of the step | ± noise | predicted |",
      "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in sweep.rows {
      let price = sweep.price(row)
      lines.append(
        "| \(row.blocks) | \(row.measuredBytes) | \(row.predictedBytes) | \(percent(price?.measured)) | "
          + "\(price.map { Units.percent($0.noise) } ?? "") | "
          + "\(percent(price?.predicted)) |")
    }
    return "## Recompute blocks\n\nOn `\(sweep.name)` the planner's blocks \(sweep.plannedBlocks) are "
      + "\(sweep.isOptimal ? "" : "**not** ")the measured minimum, and save \(sweep.savedBytes) bytes over blocks of "
      + "\(sweep.plannedSize); \(sweep.promisedBytes) were promised. \(sweep.signs.right) of the \(sweep.signs.judged) prices that are more "
      + "than twice their noise have the predicted sign; the other \(sweep.signs.all - sweep.signs.judged) are not "
      + "judged.\n\n" + lines.joined(separator: "\n")
  }

  private func percent(_ value: Double?) -> String {
    guard let value else { return "" }
    return (value > 0 ? "+" : "") + Units.percent(value)
  }
}
