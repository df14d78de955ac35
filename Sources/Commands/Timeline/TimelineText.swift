import Quantities
import Schedules

/// A step as lines of letters, a line a stage.
struct TimelineText {
  /// The text, without a line feed at its end.
  let text: String

  /// The timeline of a step whose events were recorded.
  ///
  /// - Parameters:
  ///   - step: the step.
  ///   - width: columns of time, at least 1. Each shows what the stage does for most of it.
  init(_ step: StepTimeline, width: Int = 100) {
    let width = max(1, width)
    var kinds: Set<TimelineEvent.Kind> = []
    var rows: [[Character]] = []
    for stage in step.stages {
      let columns = Columns(stage, step, width)
      kinds.formUnion(columns.kinds)
      rows.append(columns.letters)
    }
    let chunks = step.pipeline.chunks
    let label = String(step.stages.count - 1).count
    var lines = [
      "\(step.pipeline.schedule.rawValue), \(step.stages.count) stages, \(step.pipeline.microbatches) microbatches: "
        + "\(Units.seconds(step.makespan.seconds.value)), a column is "
        + Units.seconds(step.makespan.seconds.value / Double(width))
    ]
    for (stage, row) in zip(step.stages, rows) {
      let number = String(stage.stage)
      let waiting =
        step.makespan.count == 0 ? 0 : Double(stage.bubble(in: step).count) / Double(step.makespan.count)
      lines.append(
        "\(String(repeating: " ", count: label - number.count))\(number) |\(String(row))| "
          + "\(Units.percent(waiting)) waits, \(Units.gibibytes(stage.peakMemory.count)) GiB, "
          + "\(stage.peakInFlight) in flight")
    }
    let legend = TimelineEvent.Kind.allCases.filter(kinds.contains).map { "\($0.letter) \($0.title)" }
    lines.append(
      (legend + ["· waits"]).joined(separator: ", ")
        + (chunks > 1 ? "; small letters: chunk 1\(chunks > 2 ? " to \(chunks - 1)" : "")" : ""))
    text = lines.joined(separator: "\n")
  }

  /// One stage, column by column.
  private struct Columns {
    private(set) var letters: [Character]
    private(set) var kinds: Set<TimelineEvent.Kind> = []

    init(_ stage: StageTimeline, _ step: StepTimeline, _ width: Int) {
      let total = step.makespan.count
      letters = Array(repeating: "·", count: width)
      guard total > 0 else { return }
      let (each, rest) = total.quotientAndRemainder(dividingBy: width)
      func border(_ column: Int) -> Int { column * each + column * rest / width }
      // Time by column of each letter, what computes and what the compute lane waits for in the stage.
      var times: [[Character: Int]] = Array(repeating: [:], count: width)
      var kindOf: [Character: TimelineEvent.Kind] = [:]
      for event in stage.events where event.lane == .compute || event.lane == .priority {
        let (start, end) = (event.start.count, event.end.count)
        guard start < end else { continue }
        let letter = event.chunk > 0 ? Character(event.kind.letter.lowercased()) : event.kind.letter
        kindOf[letter] = event.kind
        var column = Self.column(of: start, each, rest, width)
        while column < width, border(column) < end {
          let shared = min(end, border(column + 1)) - max(start, border(column))
          if shared > 0 { times[column][letter, default: 0] += shared }
          column += 1
        }
      }
      for column in 0..<width {
        let span = border(column + 1) - border(column)
        let busy = times[column].values.reduce(0, +)
        guard busy > 0, 2 * busy >= span else { continue }
        // The longest; of equals the first in the alphabet, so that the text is always the same.
        guard let best = times[column].max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else { continue }
        letters[column] = best.key
        if let kind = kindOf[best.key] { kinds.insert(kind) }
      }
    }

    /// A column that is not behind `time`.
    private static func column(of time: Int, _ each: Int, _ rest: Int, _ width: Int) -> Int {
      guard each > 0 else { return 0 }
      return max(0, min(width - 1, time / (each + 1) - 1))
    }
  }
}
