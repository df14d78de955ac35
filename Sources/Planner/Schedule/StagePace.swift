/// What one microbatch takes on one stage as a schedule sees it, in seconds at every corner.
struct StagePace: Sendable {
  /// The forward pass, messages inside it included.
  let forward: Corners
  /// Recompute that can begin before the gradient of the stage's output is there.
  let recompute: Corners
  /// The rest of the backward pass.
  let backward: Corners
  /// The streams to the next stage, and their gradient back.
  let message: Corners

  init(_ time: StageTime, message: Corners) {
    forward = time.forwardComputing + time.forwardMessages.exposed
    recompute = time.firstRecompute
    backward =
      time.backwardComputing - time.firstRecompute + time.backwardMessages.exposed + time.recomputeMessages.exposed
    self.message = message
  }

  var total: Corners { forward + recompute + backward }
}
