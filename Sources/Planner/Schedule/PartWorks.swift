import CostModel
import Quantities
import Schedules

/// The parts of the model as the event simulation takes them.
struct PartWorks: Sendable {
  /// One microbatch of each part.
  private let times: [StageTime]
  /// Its segments, front to back.
  private let segments: [[SegmentTime]]
  /// The message behind each part.
  private let messages: [Corners]

  init(_ times: [StageTime], _ segments: [[SegmentTime]], messages: [Corners]) {
    (self.times, self.segments, self.messages) = (times, segments, messages)
  }

  /// The work at one corner.
  ///
  /// - Parameters:
  ///   - corner: the corner.
  ///   - sizes: bytes of each part, or none to leave memory out.
  ///   - logits: bytes alive in the last part's forward pass.
  /// - Throws: `PlanError` for a step that takes days.
  func works(at corner: Corner, sizes: [ChunkSizes] = [], logits: Int = 0) throws(PlanError) -> [PartWork] {
    func picoseconds(_ seconds: Corners) throws(PlanError) -> Picoseconds {
      // Differences of equal sums may round to less than nothing.
      guard let time = Picoseconds(rounding: Seconds(max(0, seconds[corner]))) else {
        throw PlanError("--microbatch", "expected one that a stage takes less than 10⁶ s for")
      }
      return time
    }
    var works: [PartWork] = []
    works.reserveCapacity(times.count)
    for (part, time) in times.enumerated() {
      var blocks: [BlockWork] = []
      for (index, segment) in segments[part].enumerated() {
        var block = BlockWork(
          recompute: try picoseconds(segment.recompute), backwardInput: try picoseconds(segment.backwardInput),
          backwardWeight: try picoseconds(segment.backwardWeight))
        if !sizes.isEmpty {
          let size = sizes[part].segments[index]
          (block.kept, block.transient) = (Bytes(size.kept), Bytes(size.transient))
          block.keptForWeights = Bytes(size.pending)
        }
        blocks.append(block)
      }
      works.append(
        PartWork(
          forward: try picoseconds(time.forwardComputing),
          forwardCommunication: try picoseconds(time.forwardMessages.exposed),
          backwardCommunication: try picoseconds(time.backwardMessages.exposed + time.recomputeMessages.exposed),
          blocks: blocks, forwardMessage: Message(time: try picoseconds(messages[part])),
          backwardMessage: Message(time: try picoseconds(part == 0 ? .zero : messages[part - 1])),
          forwardTransient: Bytes(part == times.count - 1 ? logits : 0)))
    }
    return works
  }
}

/// What one microbatch takes in one recompute block or run of stored layers, in seconds.
struct SegmentTime: Sendable {
  /// Making the block again; zero for stored layers.
  var recompute = Corners.zero
  /// The backward pass without the gradients of weights.
  var backwardInput = Corners.zero
  /// The gradients of weights.
  var backwardWeight = Corners.zero
}
