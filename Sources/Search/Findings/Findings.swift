/// What a search has found so far.
///
/// Findings of parts of a space add up to those of the whole, in any order, and what they keep is enough to make them
/// again: adding a candidate twice changes nothing.
public struct Findings: Hashable, Sendable {
  /// How many layouts ``best`` holds at most.
  public let limit: Int
  /// The fastest layouts that fit, each under its best setting.
  public private(set) var best: [Candidate] = []
  /// Time against memory, of those that fit.
  public private(set) var frontier = ParetoFrontier()
  /// The fastest that fits of all that make a choice.
  public private(set) var choices: [Choice: Candidate] = [:]
  /// The fastest that fits for each other question.
  public private(set) var answers: [Question: Candidate] = [:]
  /// The one with the least memory, whether it fits or not.
  public private(set) var smallest: Candidate?

  /// Nothing yet.
  /// - Parameter limit: layouts to keep, at least 1.
  public init(limit: Int) { self.limit = max(1, limit) }

  /// Takes a candidate in.
  public mutating func add(_ candidate: Candidate) {
    guard candidate.question == .asked else {
      if candidate.fits, answers[candidate.question].map(candidate.isFaster) ?? true {
        answers[candidate.question] = candidate
      }
      return
    }
    if smallest.map(candidate.isSmaller) ?? true { smallest = candidate }
    guard candidate.fits else { return }
    addToBest(candidate)
    frontier.add(candidate)
    for choice in Choice.of(candidate) where choices[choice].map(candidate.isFaster) ?? true {
      choices[choice] = candidate
    }
  }

  /// Takes all findings of another part in.
  public mutating func add(_ other: Findings) {
    for candidate in other.kept { add(candidate) }
  }

  /// Every candidate that a finding rests on, in the order of their questions and places.
  public var kept: [Candidate] {
    var kept = Set(best).union(frontier.candidates).union(choices.values).union(answers.values)
    if let smallest { kept.insert(smallest) }
    return kept.sorted { $0.question == $1.question ? $0.index < $1.index : $0.question < $1.question }
  }

  private mutating func addToBest(_ candidate: Candidate) {
    if best.count == limit, let last = best.last, !candidate.isFaster(than: last) { return }
    if let known = best.firstIndex(where: { $0.layout == candidate.layout }) {
      guard candidate.isFaster(than: best[known]) else { return }
      best.remove(at: known)
    }
    let place = best.firstIndex { candidate.isFaster(than: $0) } ?? best.endIndex
    best.insert(candidate, at: place)
    if best.count > limit { best.removeLast() }
  }
}
