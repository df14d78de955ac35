/// Candidates of which no other is as fast and takes as little memory.
///
/// Of several that are alike in both, the earliest stands for all.
public struct ParetoFrontier: Hashable, Sendable {
  /// Fastest first, so that each takes less memory than those before it.
  public private(set) var candidates: [Candidate] = []

  /// Nothing yet.
  public init() {}

  /// Takes a candidate in, unless another is as good in both, and drops those that it is as good as.
  ///
  /// The result does not depend on the order in which candidates come.
  /// - Complexity: O(log k) for one that is not taken in, O(k) for one that is, with k on the frontier.
  public mutating func add(_ candidate: Candidate) {
    var (low, high) = (0, candidates.count)
    while low < high {
      let middle = (low + high) / 2
      if candidates[middle].stepSeconds <= candidate.stepSeconds { low = middle + 1 } else { high = middle }
    }
    // Those before `low` are as fast; the last of them takes the least memory of them.
    if low > 0 {
      let rival = candidates[low - 1]
      if rival.peakBytes < candidate.peakBytes { return }
      if rival.peakBytes == candidate.peakBytes,
        (rival.stepSeconds, rival.index) < (candidate.stepSeconds, candidate.index)
      {
        return
      }
    }
    // Those that it is as good as stand together: one as fast, and slower ones with as much memory or more.
    var first = low
    while first > 0, candidates[first - 1].stepSeconds == candidate.stepSeconds { first -= 1 }
    var end = low
    while end < candidates.count, candidates[end].peakBytes >= candidate.peakBytes { end += 1 }
    candidates.replaceSubrange(first..<end, with: CollectionOfOne(candidate))
  }
}
