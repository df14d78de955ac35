/// When a stage holds most, and what.
struct PeakMoment: Hashable, Sendable {
  /// Bytes of activations, logits included.
  var bytes = 0
  /// Whole microbatches held of each chunk, besides the one whose pass it is.
  var others: [Int]
  /// The chunk whose pass it is.
  var chunk = 0
  /// The segment at whose backward pass it is; nil in a forward pass, whose microbatch is then held whole.
  var segment: Int?
  /// Whether logits are alive.
  var hasLogits = false
  /// Bytes that wait for the gradients of weights.
  var pending = 0

  /// Follows a stage through its passes.
  ///
  /// - Parameters:
  ///   - passes: in order.
  ///   - sizes: of each chunk.
  ///   - logits: bytes alive in a forward pass of each chunk.
  init(_ passes: [PassOrder.Pass], _ sizes: [ChunkSizes], logits: [Int]) {
    others = Array(repeating: 0, count: sizes.count)
    var walk = Walk(sizes: sizes, held: others, peak: self)
    for pass in passes {
      switch pass {
      case .forward(let chunk):
        walk.forward(chunk, logits: logits[chunk])
        walk.alive = 0
      case .backward(let chunk): walk.backward(chunk, putsOffWeights: false)
      case .backwardInput(let chunk): walk.backward(chunk, putsOffWeights: true)
      case .weights(let chunk): walk.pending -= sizes[chunk].pending
      case .pair(let forward, let backward):
        // Logits stay until the pair has ended.
        walk.forward(forward, logits: logits[forward])
        walk.backward(backward, putsOffWeights: false)
        walk.alive = 0
      }
    }
    self = walk.peak
  }

  private struct Walk {
    let sizes: [ChunkSizes]
    var held: [Int]
    var peak: PeakMoment
    var pending = 0
    /// Logits.
    var alive = 0
    private var bytes: Int { held.indices.reduce(alive + pending) { $0 + held[$1] * sizes[$1].kept } }

    init(sizes: [ChunkSizes], held: [Int], peak: PeakMoment) {
      (self.sizes, self.held, self.peak) = (sizes, held, peak)
    }

    mutating func forward(_ chunk: Int, logits: Int) {
      alive = logits
      note(chunk, nil, bytes + sizes[chunk].kept)
      held[chunk] += 1
    }

    mutating func backward(_ chunk: Int, putsOffWeights: Bool) {
      held[chunk] -= 1
      var left = sizes[chunk].kept
      for (index, segment) in sizes[chunk].segments.enumerated().reversed() {
        note(chunk, index, bytes + left + segment.transient)
        left -= segment.kept
        if putsOffWeights { pending += segment.pending }
      }
    }

    private mutating func note(_ chunk: Int, _ segment: Int?, _ bytes: Int) {
      guard bytes > peak.bytes else { return }
      (peak.bytes, peak.others, peak.chunk, peak.segment) = (bytes, held, chunk, segment)
      (peak.hasLogits, peak.pending) = (alive > 0, pending)
    }
  }
}
