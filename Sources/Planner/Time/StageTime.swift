/// What one stage does for one microbatch, in seconds, at every corner.
struct StageTime: Sendable {
  var layerForward = Corners.zero
  var layerBackward = Corners.zero
  var layerRecompute = Corners.zero
  var connectionForward = Corners.zero
  var connectionBackward = Corners.zero
  var connectionRecompute = Corners.zero
  var head = Corners.zero

  var total: Corners {
    layerForward + layerBackward + layerRecompute + connectionForward + connectionBackward + connectionRecompute + head
  }
}

/// The time of a step from the times of its stages, without communication.
///
/// One-forward-one-backward: every stage once to fill and drain the pipeline, and the slowest for every other
/// microbatch.
/// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2; with equal stages (m + p − 1) times one stage.
struct StepTime: Sendable {
  /// The slowest stage at the expected constants.
  private(set) var slowestStage = 0
  private var most = Corners.zero
  private var sum = Corners.zero
  private var stages = 0

  /// Adds the next stage, of which one microbatch takes `total`.
  mutating func add(_ total: Corners) {
    if stages == 0 || total[.expected] > most[.expected] { slowestStage = stages }
    most = pointwiseMax(most, total)
    sum += total
    stages += 1
  }

  /// Seconds of a step of `microbatches` microbatches.
  func seconds(microbatches: Int) -> Corners { Double(microbatches - 1) * most + sum }
}
