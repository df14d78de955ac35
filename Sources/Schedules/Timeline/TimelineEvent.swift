public import Quantities

/// One thing that a lane of a stage does.
public struct TimelineEvent: Hashable, Sendable {
  /// What is done.
  public enum Kind: UInt8, CaseIterable, Hashable, Sendable {
    /// A forward pass, F.
    case forward
    /// A whole backward pass of a block, B: gradients of inputs and weights.
    case backward
    /// Gradients of a block's inputs.
    case backwardInput
    /// Gradients of a part's weights, W.
    case backwardWeight
    /// A block's forward kernels run again, R.
    case recompute
    /// A forward and a backward pass of two microbatches as one, F&B.
    case pair
    /// F_post,res of feed-forward layers, ahead of everything else.
    case merge
    /// Communication inside a forward pass.
    case forwardCommunication
    /// Communication inside a backward pass.
    case backwardCommunication
    /// Activations to the next part.
    case forwardMessage
    /// Gradients to the part before.
    case backwardMessage
  }

  /// What is done.
  public let kind: Kind
  /// Where it is done.
  public let lane: Lane
  /// When it starts, from the start of the step.
  public let start: Picoseconds
  /// When it ends.
  public let end: Picoseconds
  /// The microbatch; of a pair the one that goes forward.
  public let microbatch: Int
  /// The chunk of the stage; of a message the sender's.
  public let chunk: Int
  /// The recompute block, counted from the front of the part; -1 for what is not done block by block.
  public let block: Int
  /// Of a pair, the microbatch that goes backward; -1 otherwise.
  public let backwardMicrobatch: Int
  /// Of a pair, the chunk that goes backward; -1 otherwise.
  public let backwardChunk: Int

  init(
    _ kind: Kind, _ lane: Lane, _ start: Int, _ end: Int, microbatch: Int, chunk: Int, block: Int = -1,
    backwardMicrobatch: Int = -1, backwardChunk: Int = -1
  ) {
    self.kind = kind
    self.lane = lane
    self.start = Picoseconds(start)
    self.end = Picoseconds(end)
    self.microbatch = microbatch
    self.chunk = chunk
    self.block = block
    self.backwardMicrobatch = backwardMicrobatch
    self.backwardChunk = backwardChunk
  }
}

/// What a stage does one thing at a time on.
///
/// "Next" is the stage counted up by one, after the last the first; "previous" is counted down.
public enum Lane: UInt8, CaseIterable, Hashable, Sendable {
  /// The normal compute stream.
  case compute
  /// The compute stream of high priority.
  case priority
  /// Communication with the ranks of the same stage.
  case communication
  /// Activations out.
  case sendForwardToNext, sendForwardToPrevious
  /// Gradients out.
  case sendBackwardToNext, sendBackwardToPrevious
  /// Activations in.
  case receiveForwardFromNext, receiveForwardFromPrevious
  /// Gradients in.
  case receiveBackwardFromNext, receiveBackwardFromPrevious
}
