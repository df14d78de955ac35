public import Quantities

/// A forward and a backward pass of two microbatches that run as one on a device: the overlapped stage of DualPipe.
///
/// - Source: mHC (arXiv:2512.24880) §4.3.3; DeepSeek-V3 (arXiv:2412.19437) §3.2.1, Fig. 4.
public struct OverlappedPair: Sendable {
  /// From its start to the end of its last kernel.
  public let duration: Picoseconds
  /// When the forward pass's message can leave, from the start.
  public let forwardReady: Picoseconds
  /// When the backward pass's message can leave, from the start.
  public let backwardReady: Picoseconds
  /// Time in which the device computes.
  public let computing: Picoseconds
  /// Communication of both passes.
  public let communication: Picoseconds

  /// Time in which the device waits for communication.
  public var exposed: Picoseconds { Picoseconds(duration.count - computing.count) }

  /// Runs the pair kernel by kernel.
  ///
  /// The recompute of the block at the back is not in it: the step runs it before the pair, where it need not wait for the
  /// message. Without overlap the passes run one after the other, with their communication.
  ///
  /// - Parameters:
  ///   - forward: the part that a microbatch goes forward through.
  ///   - backward: the part that another goes backward through.
  ///   - options: what runs beside what.
  /// - Throws: ``ScheduleError`` for times that are negative, or more than 64 bits can add up.
  public init(
    forward: PartWork, backward: PartWork, options: OverlapOptions = OverlapOptions()
  ) throws(ScheduleError) {
    var sum = 0.0
    for part in [forward, backward] {
      guard part.isNotNegative else {
        throw ScheduleError(.work, "expected times of at least 0 in a pair, found less")
      }
      sum += part.timeBound
    }
    guard sum < Double(Int.max / 4) else {
      throw ScheduleError(.work, "expected a pair of less than \(Int.max / 4) ps, found more")
    }
    let (ahead, back) = (WorkTotals(forward), WorkTotals(backward))
    let total = ahead.forwardCommunication + back.backwardCommunication
    communication = Picoseconds(total)
    guard options.overlapsCommunication else {
      let first = ahead.forward + ahead.forwardCommunication
      let inner = backward.blocks.dropLast().reduce(0) { $0 + $1.recompute.count }
      let input = back.blocks.reduce(0) { $0 + $1.backwardInput }
      let second = inner + input + back.weights
      forwardReady = Picoseconds(first)
      duration = Picoseconds(first + second + back.backwardCommunication)
      backwardReady = duration
      computing = Picoseconds(ahead.forward + second)
      return
    }
    let run = PairRun(
      PairKernels(forward: forward.blocks.flatMap(\.sublayers), backward: backward.blocks, options: options),
      preemptsAttention: options.preemptsAttention)
    duration = Picoseconds(run.duration)
    forwardReady = Picoseconds(options.sendsWithinPair ? run.forwardReady : run.duration)
    backwardReady = Picoseconds(options.sendsWithinPair ? run.backwardReady : run.duration)
    computing = Picoseconds(run.computing)
  }
}
