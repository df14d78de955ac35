/// Where every stage of a pipeline stands between two rounds, in seconds since the step began.
///
/// A message is there when its lane is free again, so nothing else decides what follows.
struct PipelineState: Sendable {
  /// When a stage has computed all that it was given.
  var free: [Corners]
  /// When its lane to the next stage has sent all.
  var forwardLane: [Corners]
  /// When its lane to the stage before it has.
  var backwardLane: [Corners]

  init(stages: Int) {
    free = Array(repeating: .zero, count: stages)
    (forwardLane, backwardLane) = (free, free)
  }

  /// When all is done.
  var end: Corners { free.reduce(.zero, pointwiseMax) }

  /// How much later everything is than in an earlier state; nil where not everything is later by the same time.
  ///
  /// Equal means to 10⁻¹² of the time since the step began, which sums of so many terms resolve.
  func delay(since earlier: PipelineState) -> Corners? {
    let last = free.count - 1
    let later = free[last] - earlier.free[last]
    let tolerance = 1e-12 * free[last]
    func isAlike(_ now: [Corners], _ then: [Corners], _ range: Range<Int>) -> Bool {
      for stage in range {
        let difference = now[stage] - then[stage] - later
        if any(difference .> tolerance) || any(-difference .> tolerance) { return false }
      }
      return true
    }
    // Neither does the last stage send forward nor the first back.
    guard
      isAlike(backwardLane, earlier.backwardLane, 1..<last + 1), isAlike(forwardLane, earlier.forwardLane, 0..<last),
      isAlike(free, earlier.free, 0..<last)
    else { return nil }
    return later
  }

  /// Lets everything happen later.
  mutating func advance(by delay: Corners) {
    for stage in free.indices {
      free[stage] += delay
      forwardLane[stage] += delay
      backwardLane[stage] += delay
    }
  }
}
