/// What one stage does for one microbatch, in seconds, at every corner.
struct StageTime: Sendable {
  var layerForward = Corners.zero
  var layerBackward = Corners.zero
  var layerRecompute = Corners.zero
  var connectionForward = Corners.zero
  var connectionBackward = Corners.zero
  var connectionRecompute = Corners.zero
  var headForward = Corners.zero
  var headBackward = Corners.zero
  /// Of `layerBackward` and `headBackward`, the gradients of weights.
  var weightGradients = Corners.zero
  /// Of the recompute, the part that the gradient from the next stage is not needed for, before the first block's
  /// backward pass.
  var firstRecompute = Corners.zero
  /// Messages inside the layers.
  var forwardMessages = MessageTime()
  var backwardMessages = MessageTime()
  var recomputeMessages = MessageTime()

  var forwardComputing: Corners { layerForward + connectionForward + headForward }
  /// Recompute included.
  var backwardComputing: Corners {
    layerBackward + connectionBackward + headBackward + layerRecompute + connectionRecompute
  }
  /// What the stage computes.
  var computing: Corners { forwardComputing + backwardComputing }
  /// What it waits for inside its layers.
  var waiting: Corners {
    forwardMessages.exposed + backwardMessages.exposed + recomputeMessages.exposed
  }
  var total: Corners { computing + waiting }
}

extension StageTime {
  /// Adds another chunk's microbatch.
  mutating func add(_ other: StageTime) {
    layerForward += other.layerForward
    layerBackward += other.layerBackward
    layerRecompute += other.layerRecompute
    connectionForward += other.connectionForward
    connectionBackward += other.connectionBackward
    connectionRecompute += other.connectionRecompute
    headForward += other.headForward
    headBackward += other.headBackward
    weightGradients += other.weightGradients
    firstRecompute += other.firstRecompute
    forwardMessages += other.forwardMessages
    backwardMessages += other.backwardMessages
    recomputeMessages += other.recomputeMessages
  }
}
