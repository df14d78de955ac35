/// One entry in the order in which a stage computes.
struct Slot: Hashable, Sendable {
  enum Kind: UInt8, Sendable {
    case forward
    /// Gradients of inputs and weights, as one.
    case backward
    case backwardInput
    case backwardWeight
    /// A forward pass and a whole backward pass, as one.
    case pair
  }

  var kind: Kind
  var chunk: Int32
  var microbatch: Int32
  /// Of a pair, what goes backward.
  var backwardChunk: Int32 = -1
  var backwardMicrobatch: Int32 = -1

  init(_ kind: Kind, _ chunk: Int, _ microbatch: Int) {
    self.kind = kind
    self.chunk = Int32(truncatingIfNeeded: chunk)
    self.microbatch = Int32(truncatingIfNeeded: microbatch)
  }

  init(pair forward: (chunk: Int, microbatch: Int), _ backward: (chunk: Int, microbatch: Int)) {
    self.init(.pair, forward.chunk, forward.microbatch)
    backwardChunk = Int32(truncatingIfNeeded: backward.chunk)
    backwardMicrobatch = Int32(truncatingIfNeeded: backward.microbatch)
  }
}

extension Pipeline {
  /// The order in which a stage computes.
  func order(stage: Int) -> [Slot] {
    switch schedule {
    case .gpipe: gpipeOrder()
    case .oneForwardOneBackward: oneForwardOneBackwardOrder(stage: stage)
    case .interleaved: interleavedOrder(stage: stage)
    case .zeroBubbleH1: zeroBubbleH1Order(stage: stage)
    case .zeroBubbleV: zeroBubbleVOrder(stage: stage)
    case .dualPipe, .dualPipeV: dualPipeOrder(stage: stage)
    }
  }
}
