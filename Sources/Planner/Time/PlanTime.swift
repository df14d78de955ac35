public import CostModel
public import Quantities

/// The time of a step, and what the connection adds to it.
public struct PlanTime: Sendable {
  /// One step.
  public let step: Estimate<Seconds>
  /// One step of the same model with plain residual connections.
  public let residualStep: Estimate<Seconds>
  /// What the connection adds, as a fraction of the residual's step. Its ends are not those of the two steps: the
  /// overhead is largest where the layer functions are fast and memory is slow.
  public let overhead: Estimate<Double>
  /// The slowest stage, one microbatch, at the expected constants.
  public let microbatch: MicrobatchTime
  /// Stage that takes longest, counted from 0.
  public let slowestStage: Int
  /// Microbatches of a step.
  public let microbatches: Int
  /// Fraction of the step in which the slowest stage waits, at the expected constants.
  public let bubbleFraction: Double
}

/// One microbatch on one stage, in parts.
public struct MicrobatchTime: Sendable {
  /// Layer functions, forward.
  public let layerForward: Seconds
  /// Layer functions, backward.
  public let layerBackward: Seconds
  /// Layer functions run again.
  public let layerRecompute: Seconds
  /// Connections and pre-norms, forward.
  public let connectionForward: Seconds
  /// Connections and pre-norms, backward.
  public let connectionBackward: Seconds
  /// Connections and pre-norms run again.
  public let connectionRecompute: Seconds
  /// Output head, both ways.
  public let head: Seconds

  init(_ time: StageTime) {
    layerForward = Seconds(time.layerForward)
    layerBackward = Seconds(time.layerBackward)
    layerRecompute = Seconds(time.layerRecompute)
    connectionForward = Seconds(time.connectionForward)
    connectionBackward = Seconds(time.connectionBackward)
    connectionRecompute = Seconds(time.connectionRecompute)
    head = Seconds(time.head)
  }

  /// The sum of the parts.
  public var total: Seconds {
    layerForward + layerBackward + layerRecompute + connectionForward + connectionBackward + connectionRecompute + head
  }
}

/// The time of a step from the times of its stages, without communication.
struct StepTime: Sendable {
  let slowestStage: Int
  let slowest: StageTime
  let seconds: Double
  let bubbleFraction: Double

  /// One-forward-one-backward: every stage once to fill and drain the pipeline, and the slowest for every other
  /// microbatch.
  /// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2; with equal stages (m + p − 1) times one stage.
  init(_ stages: [StageTime], microbatches: Int) {
    var slowest = 0
    var sum = 0.0
    for (index, stage) in stages.enumerated() {
      sum += stage.total
      if stage.total > stages[slowest].total { slowest = index }
    }
    slowestStage = slowest
    self.slowest = stages[slowest]
    let busy = Double(microbatches) * stages[slowest].total
    seconds = busy - stages[slowest].total + sum
    bubbleFraction = seconds > 0 ? 1 - busy / seconds : 0
  }
}
