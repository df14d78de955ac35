/// What one stage does for one microbatch, in seconds, at one choice of the device's constants.
struct StageTime: Sendable {
  var layerForward = 0.0
  var layerBackward = 0.0
  var layerRecompute = 0.0
  var connectionForward = 0.0
  var connectionBackward = 0.0
  var connectionRecompute = 0.0
  var head = 0.0

  var total: Double {
    layerForward + layerBackward + layerRecompute + connectionForward + connectionBackward + connectionRecompute + head
  }
}

/// The time of a step from the times of its stages, without communication.
///
/// One-forward-one-backward: every stage once to fill and drain the pipeline, and the slowest for every other
/// microbatch.
/// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2; with equal stages (m + p − 1) times one stage.
struct StepTime: Sendable {
  private(set) var slowestStage = 0
  private(set) var slowest = StageTime()
  private var stages = 0
  private var sum = 0.0

  /// Adds the next stage.
  mutating func add(_ stage: StageTime) {
    if stages == 0 || stage.total > slowest.total {
      slowest = stage
      slowestStage = stages
    }
    stages += 1
    sum += stage.total
  }

  /// Seconds of a step of `microbatches` microbatches.
  func seconds(microbatches: Int) -> Double { Double(microbatches - 1) * slowest.total + sum }

  /// The fraction of the step in which the slowest stage waits.
  func bubbleFraction(microbatches: Int) -> Double {
    1 - Double(microbatches) * slowest.total / seconds(microbatches: microbatches)
  }
}
