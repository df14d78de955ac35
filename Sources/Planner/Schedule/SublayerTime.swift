import CostModel
import Quantities
import Schedules

/// What one microbatch takes in one residual layer, in the order in which its pieces depend on each other, in seconds.
///
/// - Source: mHC (arXiv:2512.24880) §4.3.3, Fig. 4.
struct SublayerTime: Sendable {
  var isAttention = false
  /// Coefficients, F_pre and the norm.
  var preparation = Corners.zero
  var function = Corners.zero
  /// F_post,res.
  var merge = Corners.zero
  var backwardMerge = Corners.zero
  /// Without the gradients of weights.
  var backwardFunction = Corners.zero
  var backwardPreparation = Corners.zero
  var weights = Corners.zero
  /// Messages where the function's input is, and where its output is.
  var before = MessageTime()
  var after = MessageTime()
  var backwardAfter = MessageTime()
  var backwardBefore = MessageTime()

  /// The same at one corner.
  func work(at corner: Corner) throws(PlanError) -> SublayerWork {
    func picoseconds(_ seconds: Corners) throws(PlanError) -> Picoseconds {
      try Picoseconds(seconds, at: corner)
    }
    var work = SublayerWork(isAttention ? .attention : .feedForward)
    work.preparation = try picoseconds(preparation)
    work.function = try picoseconds(function)
    work.merge = try picoseconds(merge)
    work.backwardMerge = try picoseconds(backwardMerge)
    work.backwardFunction = try picoseconds(backwardFunction)
    work.backwardPreparation = try picoseconds(backwardPreparation)
    work.weights = try picoseconds(weights)
    work.before = try picoseconds(before.exposed)
    work.after = try picoseconds(after.exposed)
    work.backwardAfter = try picoseconds(backwardAfter.exposed)
    work.backwardBefore = try picoseconds(backwardBefore.exposed)
    return work
  }

  /// Takes one kind of messages out.
  mutating func remove(_ kind: CommunicationTime.Kind) {
    before.remove(kind)
    after.remove(kind)
    backwardAfter.remove(kind)
    backwardBefore.remove(kind)
  }
}

extension Picoseconds {
  init(_ seconds: Corners, at corner: Corner) throws(PlanError) {
    // Differences of equal sums may round to less than nothing.
    guard let time = Picoseconds(rounding: Seconds(max(0, seconds[corner]))) else {
      throw PlanError("--microbatch", "expected one that a stage takes less than 10⁶ s for")
    }
    self = time
  }
}
