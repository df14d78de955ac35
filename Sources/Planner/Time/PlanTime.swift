public import CostModel
public import Quantities

/// The time of a step, and what the connection adds to it.
public struct PlanTime: Sendable {
  /// One step.
  public let step: Estimate<Seconds>
  /// One step of the same model with plain residual connections.
  public let residualStep: Estimate<Seconds>
  /// What the connection adds, as a fraction of the residual's step.
  ///
  /// Its ends are not those of the two steps: the overhead is largest where the layer functions are fast and memory is
  /// slow.
  public let overhead: Estimate<Double>
  /// The slowest stage, one microbatch of each chunk, at the expected constants.
  public let microbatch: MicrobatchTime
  /// Stage that takes longest, counted from 0.
  public let slowestStage: Int
  /// Microbatches of a step.
  public let microbatches: Int
  /// Fraction of the step in which the slowest stage does not compute, at the expected constants: it waits for other
  /// stages, or for messages.
  public let bubbleFraction: Double

  init(_ step: StepTime, residual: StepTime, _ layout: Layout) {
    func range(_ seconds: Corners) -> Estimate<Seconds> {
      Estimate(
        low: Seconds(seconds[.allFast]), expected: Seconds(seconds[.expected]), high: Seconds(seconds[.allSlow]))
    }
    let overheads = step.seconds / residual.seconds - 1
    self.step = range(step.seconds)
    residualStep = range(residual.seconds)
    overhead = Estimate(low: overheads.min(), expected: overheads[.expected], high: overheads.max())
    slowestStage = step.slowestStage
    microbatch = MicrobatchTime(step.slowest)
    microbatches = layout.microbatches
    // Under DualPipe every other microbatch passes each of a stage's two parts.
    let passes = Double(layout.microbatches) / Double(layout.weightCopies)
    // Rounding alone takes it below zero.
    bubbleFraction = max(0, 1 - passes * step.slowest.computing[.expected] / step.seconds[.expected])
  }
}

/// One microbatch on one stage, in parts; of a stage with several chunks, one microbatch of each.
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
  /// Messages inside the layers that computing waits for.
  public let messages: Seconds

  init(_ time: StageTime) {
    layerForward = Seconds(time.layerForward[.expected])
    layerBackward = Seconds(time.layerBackward[.expected])
    layerRecompute = Seconds(time.layerRecompute[.expected])
    connectionForward = Seconds(time.connectionForward[.expected])
    connectionBackward = Seconds(time.connectionBackward[.expected])
    connectionRecompute = Seconds(time.connectionRecompute[.expected])
    head = Seconds(time.headForward[.expected] + time.headBackward[.expected])
    messages = Seconds(time.waiting[.expected])
  }

  /// The sum of all parts.
  public var total: Seconds { computing + messages }

  /// The sum of the parts that are computed.
  public var computing: Seconds {
    layerForward + layerBackward + layerRecompute + connectionForward + connectionBackward + connectionRecompute + head
  }
}
