public import Quantities

/// What one microbatch takes in one part of the model on one stage.
public struct PartWork: Hashable, Sendable {
  /// Computing the forward pass, all kernels.
  public var forward: Picoseconds
  /// Communication inside the forward pass, with tensor, context and expert ranks; nothing of its own stage hides it.
  public var forwardCommunication: Picoseconds
  /// Communication inside the backward pass.
  public var backwardCommunication: Picoseconds
  /// The backward pass in recompute blocks, front to back.
  public var blocks: [BlockWork]
  /// The message to the part behind.
  public var forwardMessage: Message
  /// The message to the part before.
  public var backwardMessage: Message
  /// Held during the forward pass only, such as logits and the loss's gradient.
  public var forwardTransient: Bytes

  /// The work of a part.
  public init(
    forward: Picoseconds, forwardCommunication: Picoseconds = .zero, backwardCommunication: Picoseconds = .zero,
    blocks: [BlockWork], forwardMessage: Message = .none, backwardMessage: Message = .none,
    forwardTransient: Bytes = .zero
  ) {
    self.forward = forward
    self.forwardCommunication = forwardCommunication
    self.backwardCommunication = backwardCommunication
    self.blocks = blocks
    self.forwardMessage = forwardMessage
    self.backwardMessage = backwardMessage
    self.forwardTransient = forwardTransient
  }

  /// A part that is one block, of which nothing is recomputed.
  public init(
    forward: Picoseconds, backwardInput: Picoseconds, backwardWeight: Picoseconds, kept: Bytes = .zero
  ) {
    self.init(
      forward: forward,
      blocks: [BlockWork(backwardInput: backwardInput, backwardWeight: backwardWeight, kept: kept)])
  }
}

/// A recompute block of a part: what its backward pass takes, and what it holds.
public struct BlockWork: Hashable, Sendable {
  /// Running the block's forward kernels again; zero for layers that are stored.
  public var recompute: Picoseconds
  /// Gradients of the inputs.
  public var backwardInput: Picoseconds
  /// Gradients of the weights.
  public var backwardWeight: Picoseconds
  /// Held from the forward pass until the block's backward pass is done.
  public var kept: Bytes
  /// Of `kept`, held until the gradients of the weights are done where these are put off.
  public var keptForWeights: Bytes
  /// Held from the start of the recompute until the block's backward pass is done.
  public var transient: Bytes

  /// The work of a block.
  public init(
    recompute: Picoseconds = .zero, backwardInput: Picoseconds, backwardWeight: Picoseconds, kept: Bytes = .zero,
    keptForWeights: Bytes = .zero, transient: Bytes = .zero
  ) {
    self.recompute = recompute
    self.backwardInput = backwardInput
    self.backwardWeight = backwardWeight
    self.kept = kept
    self.keptForWeights = keptForWeights
    self.transient = transient
  }
}

/// A message between neighbouring parts on different stages.
public struct Message: Hashable, Sendable {
  /// From the first byte sent to the last received.
  public var time: Picoseconds
  /// What sender and receiver hold for it, each.
  public var buffer: Bytes

  /// A message.
  public init(time: Picoseconds, buffer: Bytes = .zero) {
    self.time = time
    self.buffer = buffer
  }

  /// No message worth the name.
  public static let none = Message(time: .zero)
}
