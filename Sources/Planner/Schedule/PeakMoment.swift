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

  /// Looks at every situation of a stage.
  ///
  /// - Parameters:
  ///   - situations: of the stage, in order; of several moments with the highest peak it is the first.
  ///   - sizes: of each chunk.
  ///   - logits: bytes alive in a forward pass of each chunk.
  init(_ situations: [PassOrder.Situation], _ sizes: [ChunkSizes], logits: [Int]) {
    others = Array(repeating: 0, count: sizes.count)
    for now in situations {
      switch now.pass {
      case .forward(let chunk): forward(chunk, now, sizes, logits: logits[chunk])
      case .backward(let chunk): backward(chunk, now, sizes, logits: 0, putsOffWeights: false)
      case .backwardInput(let chunk): backward(chunk, now, sizes, logits: 0, putsOffWeights: true)
      case .weights: break
      case .pair(let chunk, let other):
        // Logits stay until the pair has ended.
        forward(chunk, now, sizes, logits: logits[chunk])
        var then = now
        then.held[chunk] += 1
        backward(other, then, sizes, logits: logits[chunk], putsOffWeights: false)
      }
    }
  }

  private mutating func forward(_ chunk: Int, _ now: PassOrder.Situation, _ sizes: [ChunkSizes], logits: Int) {
    let (bytes, pending) = Self.bytes(now, sizes)
    note(now.held, chunk, nil, bytes: bytes + logits + sizes[chunk].kept, logits: logits, pending: pending)
  }

  private mutating func backward(
    _ chunk: Int, _ now: PassOrder.Situation, _ sizes: [ChunkSizes], logits: Int, putsOffWeights: Bool
  ) {
    var (bytes, pending) = Self.bytes(now, sizes)
    bytes += logits
    var held = now.held
    held[chunk] -= 1
    for (index, segment) in sizes[chunk].segments.enumerated().reversed() {
      note(held, chunk, index, bytes: bytes + segment.transient, logits: logits, pending: pending)
      bytes -= segment.kept
      if putsOffWeights {
        pending += segment.pending
        bytes += segment.pending
      }
    }
  }

  /// Bytes of all microbatches, and those of them that wait for the gradients of weights.
  private static func bytes(_ now: PassOrder.Situation, _ sizes: [ChunkSizes]) -> (all: Int, pending: Int) {
    var (held, pending) = (0, 0)
    for chunk in sizes.indices {
      held += now.held[chunk] * sizes[chunk].kept
      pending += now.waiting[chunk] * sizes[chunk].pending
    }
    return (held + pending, pending)
  }

  private mutating func note(_ held: [Int], _ chunk: Int, _ segment: Int?, bytes: Int, logits: Int, pending: Int) {
    guard bytes > self.bytes else { return }
    (self.bytes, others, self.chunk, self.segment) = (bytes, held, chunk, segment)
    (hasLogits, self.pending) = (logits > 0, pending)
  }
}
