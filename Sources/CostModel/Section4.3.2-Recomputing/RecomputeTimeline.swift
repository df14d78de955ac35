/// What a stage holds at one moment of its backward pass, by what it is held for.
///
/// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2, with the layer function's activations freed layer by layer.
public struct RecomputeMoment: Hashable, Sendable {
  /// The segment whose backward pass begins.
  public var segment: RecomputeSegment
  /// Input streams of the blocks up to this one.
  public var blockInputs: Int
  /// Streams and transients of stored layers that are not yet behind.
  public var stored: Int
  /// What the layer functions not yet behind keep.
  public var resident: Int
  /// The block's other streams and its transients.
  public var transient: Int
  /// What the other microbatches in flight hold.
  public var otherMicrobatches: Int

  /// The sum of the parts.
  public var total: Int { blockInputs + stored + resident + transient + otherMicrobatches }
}

extension RecomputeProblem {
  /// What the stage holds as the backward pass reaches each segment, front to back.
  ///
  /// The backward pass takes the segments from the last to the first. When it reaches a block it makes all of it
  /// again, and the block's first streams are already held as its input:
  /// ```text
  /// block (i, j]:  Kᵢ + σ + R_j + (T_j − Tᵢ − σ) + (M−1)(K_L + R_L)
  /// stored (i, j]: Kᵢ + (T_j − Tᵢ) + R_j         + (M−1)(K_L + R_L)
  /// ```
  /// with Kᵢ what the segments before layer i+1 hold: σ a block, σ + x_l a stored layer; R and T are sums over the
  /// layers 1…j of r_l and of σ + x_l.
  ///
  /// - Parameter segments: the whole stage, front to back.
  /// - Returns: a moment a segment.
  /// - Throws: ``RecomputeProblemError/notACover(segments:layers:)``.
  public func timeline(of segments: [RecomputeSegment]) throws -> [RecomputeMoment] {
    try RecomputeSegment.check(segments, cover: layers)
    let others = (inFlight - 1) * (held(by: segments) + residentTotal)
    var (first, blockInputs, stored) = (0, 0, 0)
    return segments.map { segment in
      let last = first + segment.layers
      let streamsAndTransients = heldSums[last] - heldSums[first]
      var transient = 0
      switch segment.kind {
      case .recomputed:
        blockInputs += streamSize
        transient = streamsAndTransients - streamSize
      case .stored: stored += streamsAndTransients
      }
      first = last
      return RecomputeMoment(
        segment: segment, blockInputs: blockInputs, stored: stored, resident: aliveSums[last] - heldSums[last],
        transient: transient, otherMicrobatches: others)
    }
  }

  /// The most that the stage holds at any moment.
  ///
  /// - Parameter segments: the whole stage, front to back.
  /// - Returns: the largest total of the timeline; 0 for a stage without layers.
  /// - Throws: ``RecomputeProblemError/notACover(segments:layers:)``.
  public func peak(of segments: [RecomputeSegment]) throws -> Int {
    try timeline(of: segments).map(\.total).max() ?? 0
  }

  /// The peak when every layer is recomputed, in blocks of these numbers of layers.
  ///
  /// - Parameter blocks: layers of each block, front to back.
  /// - Returns: the largest total of the timeline; 0 for a stage without layers.
  /// - Throws: ``RecomputeProblemError/notACover(segments:layers:)``.
  public func peak(ofBlocks blocks: [Int]) throws -> Int {
    try peak(of: blocks.map { RecomputeSegment(.recomputed, layers: $0) })
  }

  /// K_L: what one microbatch holds from its forward to its backward pass besides the resident sizes.
  private func held(by segments: [RecomputeSegment]) -> Int {
    var (first, held) = (0, 0)
    for segment in segments {
      held += segment.kind == .recomputed ? streamSize : heldSums[first + segment.layers] - heldSums[first]
      first += segment.layers
    }
    return held
  }
}
