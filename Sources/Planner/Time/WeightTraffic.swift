import CostModel
import Quantities

/// What memory takes for the weights of a layer function, whatever the tokens: the least time of its passes.
///
/// Rows of work are timed a token, before a layout is known; with few tokens on a device, or many experts, matrices are read
/// for less arithmetic than hides it.
struct WeightTraffic: Sendable {
  /// Weights read once.
  let forward: Corners
  /// Weights read again, and their gradients written; that these are added to what other microbatches left is not in it.
  let backward: Corners

  init(_ parameters: LocalParameters, _ setup: TrainingSetup, _ roofline: Roofline) {
    let count = Double(parameters.matrices.count) + Double(parameters.others.count) + Double(parameters.experts.count)
    let weights = count * Double(setup.weightFormat.bits) / 8
    let gradients = count * Double(setup.gradientFormat.bits) / 8
    forward = weights * roofline.secondsPerByte
    backward = (weights + roofline.writeFactor * gradients) * roofline.secondsPerByte
  }
}
