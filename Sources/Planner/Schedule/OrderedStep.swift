/// A step whose stages each work in a fixed order, timed pass by pass at all corners at once.
///
/// The same recurrence as the event simulation, without its events: a pass starts as soon as its stage is free and what it
/// needs is there; messages take their turn on a lane in each direction, beside the computing.
struct OrderedStep {
  private let stages: [StagePace]
  private let microbatches: Int
  /// By stage: when it is free, and when its lanes to the next and from there back are.
  private var free: [Corners]
  private var forwardLane: [Corners]
  private var backwardLane: [Corners]
  /// By stage and microbatch: when a pass's input is there.
  private var forwardArrival: [Corners]
  private var backwardArrival: [Corners]

  private init(_ stages: [StagePace], microbatches: Int) {
    self.stages = stages
    self.microbatches = microbatches
    let zeros = Array(repeating: Corners.zero, count: stages.count)
    (free, forwardLane, backwardLane) = (zeros, zeros, zeros)
    forwardArrival = Array(repeating: .zero, count: stages.count * microbatches)
    backwardArrival = forwardArrival
  }

  /// Microbatches a stage that are timed one by one; then the pipeline is in step.
  static let timedPerStage = 16

  /// One-forward-one-backward.
  ///
  /// Beyond ``timedPerStage`` microbatches a stage each one takes as long as the slowest run of neighbouring stages: a run
  /// of k stages takes k microbatches round, with a message each way at every boundary inside the run. Recompute hides
  /// behind the messages on all stages of a run but the last.
  /// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2.
  static func oneForwardOneBackward(_ stages: [StagePace], microbatches: Int) -> Corners {
    guard stages.count > 1 else { return Double(microbatches) * stages[0].total }
    let timed = min(microbatches, timedPerStage * stages.count)
    var step = OrderedStep(stages, microbatches: timed)
    // Each stage's passes done so far; stage s is s short of the last stage in forward passes done ahead.
    var done = Array(repeating: 0, count: stages.count)
    let ahead = stages.indices.map { min(stages.count - 1 - $0, timed) }
    var (forwards, backwards) = (done, done)
    var left = 2 * timed * stages.count
    func advance(_ stage: Int) {
      while done[stage] < 2 * timed {
        let isForward = forwards[stage] < min(timed, backwards[stage] + ahead[stage] + 1)
        if isForward {
          guard stage == 0 || forwards[stage - 1] > forwards[stage] else { return }
          step.forward(stage, forwards[stage])
          forwards[stage] += 1
        } else {
          guard stage == stages.count - 1 || backwards[stage + 1] > backwards[stage] else { return }
          step.backward(stage, backwards[stage])
          backwards[stage] += 1
        }
        done[stage] += 1
        left -= 1
      }
    }
    while left > 0 {
      for stage in stages.indices { advance(stage) }
      for stage in stages.indices.reversed() { advance(stage) }
    }
    return step.end + Double(microbatches - timed) * slowestRun(stages)
  }

  /// All forward passes, then all backward passes from the last microbatch.
  /// - Source: GPipe (arXiv:1811.06965) §2.3.
  static func gpipe(_ stages: [StagePace], microbatches: Int) -> Corners {
    let timed = min(microbatches, timedPerStage * stages.count)
    var step = OrderedStep(stages, microbatches: timed)
    for microbatch in 0..<timed { for stage in stages.indices { step.forward(stage, microbatch) } }
    for microbatch in (0..<timed).reversed() {
      for stage in stages.indices.reversed() { step.backward(stage, microbatch) }
    }
    var (forward, backward) = (Corners.zero, Corners.zero)
    for stage in stages {
      forward = pointwiseMax(forward, pointwiseMax(stage.forward, stage.message))
      backward = pointwiseMax(backward, pointwiseMax(stage.recompute + stage.backward, stage.message))
    }
    return step.end + Double(microbatches - timed) * (forward + backward)
  }

  private var end: Corners {
    var end = Corners.zero
    for stage in stages.indices { end = pointwiseMax(end, free[stage]) }
    return end
  }

  private mutating func forward(_ stage: Int, _ microbatch: Int) {
    let at = stage * microbatches + microbatch
    free[stage] = pointwiseMax(free[stage], forwardArrival[at]) + stages[stage].forward
    guard stage + 1 < stages.count else { return }
    forwardLane[stage] = pointwiseMax(free[stage], forwardLane[stage]) + stages[stage].message
    forwardArrival[at + microbatches] = forwardLane[stage]
  }

  private mutating func backward(_ stage: Int, _ microbatch: Int) {
    let at = stage * microbatches + microbatch
    let pace = stages[stage]
    free[stage] = pointwiseMax(free[stage] + pace.recompute, backwardArrival[at]) + pace.backward
    guard stage > 0 else { return }
    backwardLane[stage] = pointwiseMax(free[stage], backwardLane[stage]) + stages[stage - 1].message
    backwardArrival[at - microbatches] = backwardLane[stage]
  }

  /// What each further microbatch takes once the pipeline is in step.
  private static func slowestRun(_ stages: [StagePace]) -> Corners {
    var slowest = Corners.zero
    for first in stages.indices {
      var sum = Corners.zero
      for last in first..<stages.count {
        let turn = sum + stages[last].total
        slowest = pointwiseMax(slowest, turn / Double(last - first + 1))
        sum += stages[last].forward + stages[last].backward + 2 * stages[last].message
      }
      slowest = pointwiseMax(slowest, stages[first].message)
    }
    return slowest
  }
}
