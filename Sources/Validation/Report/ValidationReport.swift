public import CostModel
import LayerRuntime

/// Everything that a validation has compared.
public struct ValidationReport: Sendable {
  /// Times.
  public var times: [TimeRow] = []
  /// Peaks.
  public var memory: [MemoryRow] = []
  /// Counts.
  public var counts: [CountRow] = []
  /// Recompute choices of one deep stack.
  public var sweep: RecomputeSweep?
  /// The profile against its own probes.
  public var profile: [ProfileCheck] = []
  /// What it must stay within.
  public var limits = ValidationLimits()
  /// What a recompute choice costs in time may be mispredicted by this part of the step.
  public static let recomputeError = 0.10

  /// A report of nothing yet.
  public init() {}

  /// All times together; nil without any.
  public var summary: ErrorSummary? { ErrorSummary("all", times) }
  /// The same predicted by the profile alone, with no rate measured beside the rows.
  public var summaryByProfile: ErrorSummary? { ErrorSummary("by the profile alone", times, error: \.errorByProfile) }
  /// By scope, scheme, operation, size and bound.
  public var groups: [(title: String, summaries: [ErrorSummary])] {
    [
      ("scope", ErrorSummary.grouped(times) { $0.scope.rawValue }),
      ("scheme", ErrorSummary.grouped(times) { $0.scheme }),
      ("operation", ErrorSummary.grouped(times.filter { $0.scope != .step }) { $0.operation }),
      ("size", ErrorSummary.grouped(times) { $0.size }),
      ("bound", ErrorSummary.grouped(times) { $0.bound }),
    ]
  }

  /// The rows with the largest errors, the worst first.
  public func worst(_ count: Int) -> [TimeRow] {
    Array(times.sorted { abs($0.error) > abs($1.error) }.prefix(count))
  }

  /// What is outside the limits, a line each; none where the model holds.
  public var failures: [String] {
    var lines: [String] = []
    func percent(_ value: Double) -> String { "\((value * 1000).rounded() / 10) %" }
    for check in profile where check.isOutside {
      let factor = (check.factor * 100).rounded() / 100
      lines.append(
        "profile: \(check.name) takes \(factor) times as long as it says, at most \(check.limit) either way: "
          + "measure again")
    }
    if let all = summary {
      if !(all.medianAbsoluteError <= limits.medianAbsoluteError) {
        lines.append(
          "times: median error \(percent(all.medianAbsoluteError)), at most \(percent(limits.medianAbsoluteError))")
      }
      if !(all.p90AbsoluteError <= limits.p90AbsoluteError) {
        lines.append(
          "times: 90th percentile \(percent(all.p90AbsoluteError)), at most \(percent(limits.p90AbsoluteError))")
      }
    }
    let peaks = memory.filter { $0.worstDifference.bytes != 0 }
    if let worst = peaks.max(by: { abs($0.worstDifference.bytes) < abs($1.worstDifference.bytes) }) {
      let (purpose, bytes) = worst.worstDifference
      lines.append(
        "memory: \(peaks.count) of \(memory.count) peaks differ, the worst \(worst.name) by \(bytes) bytes of "
          + (purpose?.rawValue ?? "nothing"))
    }
    for row in memory {
      guard let error = row.residentError, !(abs(error) <= limits.residentSetError) else { continue }
      lines.append("resident set: \(row.name) off by \(percent(error)), at most \(percent(limits.residentSetError))")
    }
    let wrong = counts.filter { $0.predicted != $0.counted }
    if let first = wrong.first {
      lines.append(
        "counts: \(wrong.count) of \(counts.count) differ, the first \(first.name) \(first.operation): "
          + "\(first.predicted) \(first.quantity.rawValue) predicted, \(first.counted) counted")
    }
    return lines + (sweep?.failures(recomputeError: Self.recomputeError) ?? [])
  }
}
