import CostModel
import Planner
import Search

/// The result of `search`, and of `merge`.
struct SearchDocument: ResultDocument {
  static let command = "search"
  static let version = 1

  var request: SearchRequestResult
  var assumptions: [String]
  var excluded: [String]
  var warnings: [String]
  /// Whether every candidate was planned; false for a search that was interrupted or is a part of one.
  var complete: Bool
  var counts: Counts
  /// The fastest layouts that fit, each under its best setting, the fastest first.
  var best: [SearchEntry]
  /// Time against memory: no other plan is faster and takes less; the fastest first.
  var frontier: [SearchEntry]
  /// The best plan for every value of every option that has more than one, and what it costs.
  var prices: [Price]
  /// The best plan if one thing were otherwise.
  var questions: [Answer]
  /// Why nothing fits.
  var nearest: Nearest?

  /// How many candidates there were.
  struct Counts: Codable, Hashable {
    var layouts: Int
    var settings: Int
    var candidates: Int
    var planned: Int
    var plannedAsAsked: Int
    var fitting: Int
  }

  /// The best plan with one value of one option.
  struct Price: Encodable {
    /// The option and its value: `--tensor 8`.
    var option: String
    /// Step over that of the best plan of all, less 1; none where nothing fits.
    var costFraction: Double?
    var plan: SearchEntry?
  }

  /// The best plan for another question.
  struct Answer: Encodable {
    var question: String
    /// Step over that of the best plan of all, less 1: negative for a gain.
    var costFraction: Double?
    var plan: SearchEntry?
  }

  /// Why nothing fits: that no layout exists, or the plan with the least memory.
  struct Nearest: Encodable {
    var reason: String
    var plan: SearchEntry?
  }

  /// The document of what was found.
  ///
  /// - Parameters:
  ///   - header: what the search is.
  ///   - findings: what was found.
  ///   - tally: how many candidates were planned.
  ///   - entries: the plans of all candidates that the findings keep.
  init(_ header: SearchHeader, _ findings: Findings, _ tally: Tally, _ entries: [Candidate: SearchEntry]) {
    request = header.request
    assumptions = header.assumptions
    excluded = header.excluded
    warnings = header.warnings
    complete = tally.layouts == header.layouts
    counts = Counts(
      layouts: header.layouts, settings: header.settings, candidates: header.candidates, planned: tally.planned,
      plannedAsAsked: tally.asked, fitting: tally.fitting)
    best = findings.best.compactMap { entries[$0] }
    frontier = findings.frontier.candidates.compactMap { entries[$0] }
    let fastest = findings.best.first?.stepSeconds
    func cost(_ candidate: Candidate?) -> Double? {
      guard let candidate, let fastest, fastest > 0 else { return nil }
      return candidate.stepSeconds / fastest - 1
    }
    let byArgument = Dictionary(
      findings.choices.map { ("\($0.key.argument.option) \($0.key.argument.value)", $0.value) },
      uniquingKeysWith: { $1 })
    prices = header.request.tried.flatMap { option, values in
      values.map { value in
        let found = byArgument["\(option) \(value)"]
        return Price(option: "\(option) \(value)", costFraction: cost(found), plan: found.flatMap { entries[$0] })
      }
    }
    questions = header.questions.map { name in
      let found = Question(argument: name).flatMap { findings.answers[$0] }
      return Answer(question: name, costFraction: cost(found), plan: found.flatMap { entries[$0] })
    }
    if findings.best.isEmpty {
      let least = findings.smallest.flatMap { entries[$0] }
      let reason =
        least.map { least in
          "the least memory of a device in any of them is \(least.peakBytes) bytes, "
            + "\(least.peakBytes - least.budgetBytes) too much"
        } ?? header.nearest ?? "no candidate was planned"
      nearest = Nearest(reason: reason, plan: least)
    }
  }
}
