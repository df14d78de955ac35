/// A step whose stages each work in a fixed order, timed at all corners at once.
///
/// The same recurrence as the event simulation, without its events: a pass starts as soon as its stage is free and what it
/// needs is there; messages take their turn on a lane in each direction, beside the computing.
struct OrderedStep {
  private let stages: [StagePace]
  private(set) var state: PipelineState

  private init(_ stages: [StagePace]) {
    self.stages = stages
    state = PipelineState(stages: stages.count)
  }

  /// Microbatches a stage after which a pipeline counts as in step, whether or not it repeats itself.
  static let timedPerStage = 16

  /// One-forward-one-backward.
  ///
  /// In round k stage s makes its forward pass of microbatch k + p − 1 − s, then its backward pass of microbatch k. A round
  /// follows from the one before it and every round is alike, so once a state comes back, later by the same time
  /// everywhere, the rounds in between repeat for ever: they are added up instead of gone through, which is exact.
  ///
  /// Where no state comes back within ``timedPerStage`` microbatches a stage, each further one takes as long as the slowest
  /// run of neighbouring stages: a run of k stages takes k microbatches round, with a message each way at every boundary
  /// inside the run. Recompute hides behind the messages on all stages of a run but the last.
  /// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2; Baccelli, Cohen, Olsder and Quadrat, Synchronization and
  ///   Linearity (1992), Theorem 3.109: such recurrences become periodic.
  static func oneForwardOneBackward(_ stages: [StagePace], microbatches: Int) -> Corners {
    guard stages.count > 1 else { return Double(microbatches) * stages[0].total }
    let depth = stages.count - 1
    var step = OrderedStep(stages)
    for round in -depth..<0 { step.forwards(round, of: microbatches) }
    // Rounds in which every stage makes both passes.
    var (round, whole) = (0, max(0, microbatches - depth))
    // A state to compare with, taken again after ever more rounds, so that any period is found in time.
    var (mark, markRound, nextMark) = (step.state, 0, 1)
    var isInStep = false
    var beyond = Corners.zero
    while round < whole {
      step.forwards(round, of: microbatches)
      step.backwards()
      round += 1
      guard !isInStep else { continue }
      if let later = step.state.delay(since: mark) {
        isInStep = true
        let times = (whole - round) / (round - markRound)
        step.state.advance(by: Double(times) * later)
        round += times * (round - markRound)
      } else if round == nextMark {
        (mark, markRound, nextMark) = (step.state, round, 2 * round)
      } else if round == timedPerStage * stages.count {
        beyond = Double(whole - round) * slowestRun(stages)
        round = whole
      }
    }
    while round < microbatches {
      step.forwards(round, of: microbatches)
      step.backwards()
      round += 1
    }
    return step.state.end + beyond
  }

  /// All forward passes, then all backward passes from the last microbatch.
  /// - Source: GPipe (arXiv:1811.06965) §2.3.
  static func gpipe(_ stages: [StagePace], microbatches: Int) -> Corners {
    let timed = min(microbatches, timedPerStage * stages.count)
    var step = OrderedStep(stages)
    for _ in 0..<timed { for stage in stages.indices { step.forward(stage) } }
    for _ in 0..<timed { step.backwards() }
    var (forward, backward) = (Corners.zero, Corners.zero)
    for stage in stages {
      forward = pointwiseMax(forward, pointwiseMax(stage.forward, stage.message))
      backward = pointwiseMax(backward, pointwiseMax(stage.recompute + stage.backward, stage.message))
    }
    return step.state.end + Double(microbatches - timed) * (forward + backward)
  }

  /// The forward passes of a round, the last stage's first: each takes what the stage before it sent in the round before.
  private mutating func forwards(_ round: Int, of microbatches: Int) {
    let depth = stages.count - 1
    // Stage s works on microbatch round + depth − s, if there is one.
    let (first, last) = (max(0, round + depth - microbatches + 1), min(depth, round + depth))
    guard first <= last else { return }
    for stage in (first...last).reversed() { forward(stage) }
  }

  /// The backward passes of a round: each takes what the stage behind it sent in the same round.
  private mutating func backwards() {
    for stage in stages.indices.reversed() { backward(stage) }
  }

  @inline(__always)
  private mutating func forward(_ stage: Int) {
    let arrival = stage > 0 ? state.forwardLane[stage - 1] : .zero
    let end = pointwiseMax(state.free[stage], arrival) + stages[stage].forward
    state.free[stage] = end
    guard stage + 1 < stages.count else { return }
    state.forwardLane[stage] = pointwiseMax(end, state.forwardLane[stage]) + stages[stage].message
  }

  @inline(__always)
  private mutating func backward(_ stage: Int) {
    let arrival = stage + 1 < stages.count ? state.backwardLane[stage + 1] : .zero
    let end = pointwiseMax(state.free[stage] + stages[stage].recompute, arrival) + stages[stage].backward
    state.free[stage] = end
    guard stage > 0 else { return }
    state.backwardLane[stage] = pointwiseMax(end, state.backwardLane[stage]) + stages[stage - 1].message
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
