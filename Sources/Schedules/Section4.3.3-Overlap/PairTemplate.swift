/// A pair as the step repeats it: stretches of the same kind joined, in the order of their start.
struct PairTemplate: Sendable {
  struct Piece: Sendable {
    var kind: TimelineEvent.Kind
    var lane: Lane
    var start: Int
    var end: Int
    /// The block that is going backward, or is made again.
    var block: Int
    var isForward: Bool
  }

  let duration: Int
  let forwardReady: Int
  let backwardReady: Int
  let computing: Int
  let pieces: [Piece]
  /// When each block is being made again, and when all its backward kernels have ended.
  let blockStarts: [Int]
  let blockEnds: [Int]

  init(forward: PartWork, backward: PartWork, options: OverlapOptions) {
    let run = PairRun(
      PairKernels(forward: forward.blocks.flatMap(\.sublayers), backward: backward.blocks, options: options),
      preemptsAttention: options.preemptsAttention)
    duration = run.duration
    forwardReady = options.sendsWithinPair ? run.forwardReady : run.duration
    backwardReady = options.sendsWithinPair ? run.backwardReady : run.duration
    computing = run.computing
    var starts = Array(repeating: -1, count: backward.blocks.count)
    var ends = Array(repeating: 0, count: backward.blocks.count)
    var pieces: [Piece] = []
    var lastOfLane: [Lane: Int] = [:]
    var block = backward.blocks.count - 1
    for stretch in run.stretches.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) }) {
      let kernel = stretch.kernel
      if kernel.block >= 0 {
        if kernel.place == .compute {
          block = kernel.block
          if starts[block] < 0 { starts[block] = stretch.start }
        }
        ends[kernel.block] = max(ends[kernel.block], stretch.end)
      }
      var piece = Piece(
        kind: .pair, lane: .compute, start: stretch.start, end: stretch.end, block: block, isForward: kernel.isForward)
      switch kernel.place {
      case .compute: if kernel.isRecompute { piece.kind = .recompute }
      case .priority: (piece.kind, piece.lane, piece.block) = (.merge, .priority, -1)
      case .communication:
        piece.kind = kernel.isForward ? .forwardCommunication : .backwardCommunication
        (piece.lane, piece.block) = (.communication, kernel.block)
      }
      if let last = lastOfLane[piece.lane], pieces[last].end == piece.start, pieces[last].kind == piece.kind,
        pieces[last].block == piece.block, piece.kind == .pair || pieces[last].isForward == piece.isForward
      {
        pieces[last].end = piece.end
      } else {
        lastOfLane[piece.lane] = pieces.count
        pieces.append(piece)
      }
    }
    // Blocks come after each other: one without kernels begins and ends where the one behind it ends.
    var behind = 0
    for index in backward.blocks.indices.reversed() {
      if starts[index] < 0 { starts[index] = behind }
      ends[index] = max(ends[index], behind)
      behind = ends[index]
    }
    self.pieces = pieces
    blockStarts = starts
    blockEnds = ends
  }
}
