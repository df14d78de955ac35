public import Quantities

extension Pipeline {
  /// The published bubble: how long the first stage does not compute, where all parts take the same time, and messages none.
  ///
  /// The times are those of one part: of a chunk, where a stage has more than one. `zb-h1` needs W of at most F and
  /// B, the two DualPipes F and B alike, `zb-v` all three alike; for other times a step is simulated.
  ///
  /// - Parameters:
  ///   - forward: F of a part.
  ///   - backwardInput: gradients of the inputs of a part. The DualPipe page's B is this and W.
  ///   - backwardWeight: W of a part.
  ///   - pair: F&B, a forward and a whole backward pass as one; nil for their sum.
  /// - Returns: the bubble, for `zb-v` between the first and the last event of a stage; negative where the form does not hold.
  /// - Throws: `OverflowError` when the bubble does not fit in 64 bits.
  /// - Source: GPipe (arXiv:1811.06965) §2.3; Megatron-LM (arXiv:2104.04473) §2.2; Zero Bubble (arXiv:2401.10241) Tables 2
  ///   and 6; DualPipe (https://github.com/deepseek-ai/DualPipe), table of bubbles.
  public func publishedBubble(
    forward: Picoseconds, backwardInput: Picoseconds, backwardWeight: Picoseconds, pair: Picoseconds? = nil
  ) throws(OverflowError) -> Picoseconds {
    let (F, B, W) = (forward, backwardInput, backwardWeight)
    switch schedule {
    case .gpipe, .oneForwardOneBackward, .interleaved: return try (stages - 1) * (F + B + W)
    case .zeroBubbleH1: return try (stages - 1) * (F + B - W)
    case .zeroBubbleV: return .zero
    case .dualPipe, .dualPipeV:
      let both = if let pair { pair } else { try F + B + W }
      return try (parts / 2 - 1) * (both + B - 2 * W)
    }
  }

  /// The most chunks that a stage has in flight: forward passes begun whose backward passes have not ended.
  ///
  /// - Parameter stage: 0 to p − 1.
  /// - Returns: chunks, each of one microbatch.
  /// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2; Megatron-LM (arXiv:2104.04473) §2.2; Zero Bubble (arXiv:2401.10241)
  ///   §2.1, §6; DualPipe (https://github.com/deepseek-ai/DualPipe), table of activations.
  public func publishedInFlight(stage: Int) -> Int {
    switch schedule {
    case .gpipe: microbatches
    case .oneForwardOneBackward, .zeroBubbleH1: min(stages - stage, microbatches)
    case .interleaved: min(2 * (stages - 1 - stage) + (chunks - 1) * stages + 1, microbatches * chunks)
    case .zeroBubbleV: min(2 * stages, 2 * microbatches)
    case .dualPipe, .dualPipeV: parts + 1
    }
  }
}
