public import Quantities

/// What one microbatch takes in one part of the model on one stage.
public struct PartWork: Hashable, Sendable {
  /// The layers in recompute blocks, front to back.
  public var blocks: [BlockWork]
  /// The message to the part behind.
  public var forwardMessage: Message
  /// The message to the part before.
  public var backwardMessage: Message
  /// Held during the forward pass only, such as logits and the loss's gradient.
  public var forwardTransient: Bytes

  /// The work of a part.
  public init(
    blocks: [BlockWork], forwardMessage: Message = .none, backwardMessage: Message = .none,
    forwardTransient: Bytes = .zero
  ) {
    self.blocks = blocks
    self.forwardMessage = forwardMessage
    self.backwardMessage = backwardMessage
    self.forwardTransient = forwardTransient
  }

  /// A part of which only the sums are known.
  ///
  /// Where passes overlap, the forward pass communicates after it has computed, and the backward pass before: each is hidden
  /// by the computing of the other, as far as that goes.
  /// - Parameters:
  ///   - forward: computing the forward pass.
  ///   - forwardCommunication: with ranks of the same stage, in the forward pass.
  ///   - backwardCommunication: in the backward pass.
  ///   - blocks: recompute blocks, front to back, without forward work of their own.
  ///   - forwardMessage: to the part behind.
  ///   - backwardMessage: to the part before.
  ///   - forwardTransient: held during the forward pass only.
  public init(
    forward: Picoseconds, forwardCommunication: Picoseconds = .zero, backwardCommunication: Picoseconds = .zero,
    blocks: [BlockWork], forwardMessage: Message = .none, backwardMessage: Message = .none,
    forwardTransient: Bytes = .zero
  ) {
    var (before, behind) = (SublayerWork(.feedForward), SublayerWork(.feedForward))
    before.function = forward
    behind.after = forwardCommunication
    behind.backwardAfter = backwardCommunication
    var blocks = blocks
    if let last = blocks.indices.last {
      blocks[0].sublayers.insert(before, at: 0)
      blocks[last].sublayers.append(behind)
    }
    self.init(
      blocks: blocks, forwardMessage: forwardMessage, backwardMessage: backwardMessage,
      forwardTransient: forwardTransient)
  }

  /// A part that is one block of layers that are not told apart, of which nothing is recomputed.
  public init(
    forward: Picoseconds, backwardInput: Picoseconds, backwardWeight: Picoseconds, kept: Bytes = .zero
  ) {
    self.init(
      blocks: [BlockWork(forward: forward, backwardInput: backwardInput, backwardWeight: backwardWeight, kept: kept)])
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
