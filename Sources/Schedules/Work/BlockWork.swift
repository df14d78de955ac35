public import Quantities

/// A recompute block of a part: its residual layers, and what its backward pass holds.
public struct BlockWork: Hashable, Sendable {
  /// The residual layers, front to back.
  public var sublayers: [SublayerWork]
  /// Running the block's forward kernels again; zero for layers that are stored.
  public var recompute: Picoseconds
  /// Held from the forward pass until the block's backward pass is done.
  public var kept: Bytes
  /// Held on from then until the gradients of the weights are done, where these are put off.
  public var keptForWeights: Bytes
  /// Held from the start of the recompute until the block's backward pass is done.
  public var transient: Bytes

  /// A block of residual layers.
  public init(
    _ sublayers: [SublayerWork], recompute: Picoseconds = .zero, kept: Bytes = .zero, keptForWeights: Bytes = .zero,
    transient: Bytes = .zero
  ) {
    self.sublayers = sublayers
    self.recompute = recompute
    self.kept = kept
    self.keptForWeights = keptForWeights
    self.transient = transient
  }

  /// A block whose layers are not told apart.
  public init(
    forward: Picoseconds = .zero, recompute: Picoseconds = .zero, backwardInput: Picoseconds,
    backwardWeight: Picoseconds, kept: Bytes = .zero, keptForWeights: Bytes = .zero, transient: Bytes = .zero
  ) {
    var layers = SublayerWork(.feedForward)
    layers.function = forward
    layers.backwardFunction = backwardInput
    layers.weights = backwardWeight
    self.init([layers], recompute: recompute, kept: kept, keptForWeights: keptForWeights, transient: transient)
  }
}
