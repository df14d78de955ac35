import Quantities

/// One stage while a step is simulated.
struct StageState {
  let order: [Slot]
  private let records: Bool
  /// The next entry of the order.
  var next = 0
  /// When the compute lane is free.
  var free = 0
  /// When each lane that sends is free.
  var sendFree = [0, 0, 0, 0]
  /// The end of the last event of any lane.
  var lastEnd = 0
  private(set) var firstStart = -1
  private(set) var computeEnd = 0
  private(set) var busy = 0
  var inFlight = 0
  private(set) var peakInFlight = 0
  var events: [TimelineEvent] = []
  /// In order of time, as they follow the compute lane.
  private(set) var changes: [MemoryChange] = []
  /// In no order.
  private(set) var messageChanges: [MemoryChange] = []

  init(_ order: [Slot], records: Bool) {
    self.order = order
    self.records = records
  }

  mutating func change(_ purpose: MemoryPurpose, _ bytes: Int, at time: Int) {
    guard bytes != 0 else { return }
    changes.append(MemoryChange(time: Picoseconds(time), purpose: purpose, change: Bytes(bytes)))
  }

  /// A message's buffer, from its allocation to its release.
  mutating func hold(_ bytes: Int, from start: Int, to end: Int) {
    guard bytes > 0, start < end else { return }
    messageChanges.append(MemoryChange(time: Picoseconds(start), purpose: .messages, change: Bytes(bytes)))
    messageChanges.append(MemoryChange(time: Picoseconds(end), purpose: .messages, change: Bytes(-bytes)))
  }

  /// Occupies the compute lane.
  mutating func compute(
    _ kind: TimelineEvent.Kind, from start: Int, for time: Int, microbatch: Int, chunk: Int, block: Int = -1,
    backwardMicrobatch: Int = -1, backwardChunk: Int = -1
  ) {
    if firstStart < 0 { firstStart = start }
    free = start + time
    computeEnd = free
    lastEnd = max(lastEnd, free)
    busy += time
    if records {
      events.append(
        TimelineEvent(
          kind, .compute, start, free, microbatch: microbatch, chunk: chunk, block: block,
          backwardMicrobatch: backwardMicrobatch, backwardChunk: backwardChunk))
    }
  }

  /// Communication that the compute lane waits for.
  mutating func communicate(_ kind: TimelineEvent.Kind, _ time: Int, _ microbatch: Int, _ chunk: Int) {
    guard time > 0 else { return }
    let start = free
    free += time
    lastEnd = max(lastEnd, free)
    if records {
      events.append(TimelineEvent(kind, .communication, start, free, microbatch: microbatch, chunk: chunk))
    }
  }

  /// Repeats a pair from `start` on.
  mutating func perform(
    _ pair: PairTemplate, at start: Int, _ forward: (chunk: Int, microbatch: Int),
    _ backward: (chunk: Int, microbatch: Int)
  ) {
    if firstStart < 0 { firstStart = start }
    free = start + pair.duration
    computeEnd = free
    lastEnd = max(lastEnd, free)
    busy += pair.computing
    guard records else { return }
    for piece in pair.pieces {
      let isPair = piece.kind == .pair
      let main = isPair || piece.isForward ? forward : backward
      events.append(
        TimelineEvent(
          piece.kind, piece.lane, start + piece.start, start + piece.end, microbatch: main.microbatch,
          chunk: main.chunk, block: piece.block, backwardMicrobatch: isPair ? backward.microbatch : -1,
          backwardChunk: isPair ? backward.chunk : -1))
    }
  }

  mutating func beginForward(_ part: WorkTotals, transient: Int, at start: Int) {
    inFlight += 1
    peakInFlight = max(peakInFlight, inFlight)
    change(.activations, part.kept, at: start)
    change(.forwardTransient, transient, at: start)
  }

  mutating func endForward(transient: Int) { change(.forwardTransient, -transient, at: free) }

  mutating func endBlock(_ block: WorkTotals.Block, withWeights: Bool, at time: Int) {
    change(.recompute, -block.transient, at: time)
    change(.activations, -block.kept, at: time)
    if !withWeights { change(.weightGradients, block.keptForWeights, at: time) }
  }
}
