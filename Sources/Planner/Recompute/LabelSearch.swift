import CostModel

/// The search for a stage whose layers differ in transients or work: partial choices, layer by layer, of which only
/// those that no other beats are kept.
///
/// A label stands for a choice for layers 1…j. What it holds, the highest moment so far and its work decide all that
/// can follow, so a label that another equals or beats in all three is dropped. Nothing else is dropped unless there
/// are more labels than the limit; the result is exact until then and a bound after it.
struct LabelSearch {
  private struct Label {
    /// K_j.
    var held: Int
    /// The highest moment of one microbatch; always 0 where only the budget matters.
    var moment: Int
    var work: Int
    /// Where the last segment begins, the label there, and what the segment is.
    var first: Int
    var parent: Int
    var kind: RecomputeSegment.Kind
  }

  private let problem: RecomputeProblem
  private let work: RecomputeWork
  private let budget: Int
  private let limit: Int
  private let tracksMoments: Bool
  private var labels: [[Label]]
  /// Whether no label was dropped for want of room.
  private(set) var isExact = true

  /// Runs the search; `keepsPeaks` where choices that differ in their peak only are of interest.
  init(_ problem: RecomputeProblem, _ work: RecomputeWork, budget: Int, limit: Int, keepsPeaks: Bool = false) {
    self.problem = problem
    self.work = work
    self.budget = budget
    self.limit = max(limit, 2)
    tracksMoments = keepsPeaks || problem.inFlight > 1
    labels = Array(repeating: [], count: problem.layers + 1)
    let mostHeld = problem.mostHeld(within: budget)
    guard mostHeld[0] >= 0 else { return }
    labels[0] = [Label(held: 0, moment: 0, work: 0, first: 0, parent: 0, kind: .stored)]
    for last in 1...problem.layers { fill(last, mostHeld: mostHeld[last]) }
  }

  /// The whole choice with the least work; nil when nothing fits.
  func leastWork() -> [RecomputeSegment]? {
    let complete = labels[problem.layers]
    guard let best = complete.indices.min(by: { complete[$0].work < complete[$1].work }) else { return nil }
    return segments(to: best)
  }

  /// The complete choices by rising peak that no other beats in peak and work.
  func frontier() -> [RecomputeFrontier.Point] {
    var front: [RecomputeFrontier.Point] = []
    let byPeak = labels[problem.layers].enumerated()
      .map { index, label in (peak: peak(label), work: label.work, index: index) }
      .sorted { ($0.peak, $0.work, $0.index) < ($1.peak, $1.work, $1.index) }
    for complete in byPeak {
      if let last = front.last, last.work <= complete.work { continue }
      let blocks = segments(to: complete.index).filter { $0.kind == .recomputed }
      front.append(
        RecomputeFrontier.Point(
          peak: complete.peak, work: complete.work, recomputedLayers: blocks.reduce(0) { $0 + $1.layers },
          blocks: blocks.count))
    }
    return front
  }

  private mutating func fill(_ last: Int, mostHeld: Int) {
    var kept: [Label] = []
    for first in stride(from: last - 1, through: 0, by: -1) {
      let added = problem.aliveSums[last] - problem.heldSums[first]
      let blockWork = work.ofBlock(from: first, to: last)
      for (index, parent) in labels[first].enumerated() {
        var label = Label(
          held: parent.held + problem.streamSize, moment: parent.held + added, work: parent.work + blockWork,
          first: first, parent: index, kind: .recomputed)
        // Labels come by rising held: the others hold still more.
        if peak(label) > budget { break }
        label.moment = max(label.moment, parent.moment)
        consider(label, mostHeld: mostHeld, kept: &kept)
        if first == last - 1 {
          label.held = parent.held - problem.heldSums[first] + problem.heldSums[last]
          label.work = parent.work
          label.kind = .stored
          consider(label, mostHeld: mostHeld, kept: &kept)
        }
        if kept.count / 2 >= limit { kept = thinned(kept) }
      }
    }
    labels[last] = thinned(kept)
  }

  /// The peak of a label's layers, with the other microbatches holding as much as it does so far.
  private func peak(_ label: Label) -> Int {
    label.moment + (problem.inFlight - 1) * (label.held + problem.residentTotal)
  }

  private func consider(_ candidate: Label, mostHeld: Int, kept: inout [Label]) {
    guard candidate.held <= mostHeld, peak(candidate) <= budget else { return }
    var candidate = candidate
    if !tracksMoments { candidate.moment = 0 }
    insert(candidate, &kept)
  }

  /// Keeps `kept` by rising held, without labels that another equals or beats.
  private func insert(_ candidate: Label, _ kept: inout [Label]) {
    var (low, high) = (0, kept.count)
    while low < high {
      let middle = (low + high) / 2
      if kept[middle].held <= candidate.held { low = middle + 1 } else { high = middle }
    }
    if tracksMoments {
      for label in kept[..<low] where label.work <= candidate.work && label.moment <= candidate.moment { return }
    } else if low > 0, kept[low - 1].work <= candidate.work {
      return
    }
    // Labels that hold as much as the candidate stand just before `low`.
    var start = low
    while start > 0, kept[start - 1].held == candidate.held { start -= 1 }
    if tracksMoments {
      let survivors = kept[start...].filter { $0.work < candidate.work || $0.moment < candidate.moment }
      kept.replaceSubrange(start..., with: [candidate] + survivors)
    } else {
      var end = start
      while end < kept.count, kept[end].work >= candidate.work { end += 1 }
      kept.replaceSubrange(start..<end, with: CollectionOfOne(candidate))
    }
  }

  /// At most the limit of labels, spread evenly from the one that holds least to the one that holds most.
  private mutating func thinned(_ labels: [Label]) -> [Label] {
    guard labels.count > limit else { return labels }
    isExact = false
    return (0..<limit).map { labels[$0 * (labels.count - 1) / (limit - 1)] }
  }

  private func segments(to index: Int) -> [RecomputeSegment] {
    var (last, index) = (problem.layers, index)
    var segments: [RecomputeSegment] = []
    while last > 0 {
      let label = labels[last][index]
      if label.kind == .stored, segments.last?.kind == .stored {
        segments[segments.count - 1].layers += last - label.first
      } else {
        segments.append(RecomputeSegment(label.kind, layers: last - label.first))
      }
      (last, index) = (label.first, label.parent)
    }
    return segments.reversed()
  }
}

extension RecomputeProblem {
  /// For j = 0…L, the most that layers 1…j may hold if the rest is still to fit the budget; −1 where it cannot.
  ///
  /// A stored segment holds at its own moment what a block of the same layers does, and more afterwards, so it is
  /// enough to ask about blocks. With one microbatch in flight the answer is exact; with more it is an upper bound, as
  /// the other microbatches are counted as if one more block were all that follows.
  fileprivate func mostHeld(within budget: Int) -> [Int] {
    var most = Array(repeating: -1, count: layers + 1)
    most[layers] = max(budget, -1)
    let room = budget - (inFlight - 1) * (residentTotal + streamSize)
    for first in stride(from: layers - 1, through: 0, by: -1) {
      for last in (first + 1)...layers {
        let left = room - aliveSums[last] + heldSums[first]
        if left < 0 { break }
        most[first] = max(most[first], min(left / inFlight, most[last] - streamSize))
      }
    }
    return most
  }
}
