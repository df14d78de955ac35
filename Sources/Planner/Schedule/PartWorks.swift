import CostModel
import Quantities
import Schedules

/// The parts of the model as the event simulation takes them.
struct PartWorks: Sendable {
  /// A part in recompute blocks and runs of stored layers, front to back.
  struct Part: Sendable {
    var segments: [Segment]
    /// The message to the part behind.
    var message = Corners.zero
  }

  /// A recompute block, or a run of stored layers.
  struct Segment: Sendable {
    /// Making the block again; zero for stored layers.
    var recompute = Corners.zero
    /// Residual layers; of the last segment of the model, the output head as one more.
    var sublayers: [SublayerTime]
  }

  private(set) var parts: [Part] = []

  mutating func append(_ segments: [Segment], message: Corners) {
    parts.append(Part(segments: segments, message: message))
  }

  /// The work at one corner.
  ///
  /// - Parameters:
  ///   - corner: the corner.
  ///   - sizes: bytes of each part, or none to leave memory out.
  ///   - logits: bytes alive in the last part's forward pass.
  /// - Returns: the work of each part, front to back.
  /// - Throws: `PlanError` for a step that takes days.
  func works(at corner: Corner, sizes: [ChunkSizes] = [], logits: Int = 0) throws(PlanError) -> [PartWork] {
    var works: [PartWork] = []
    works.reserveCapacity(parts.count)
    for (index, part) in parts.enumerated() {
      var blocks: [BlockWork] = []
      for (place, segment) in part.segments.enumerated() {
        var sublayers: [SublayerWork] = []
        sublayers.reserveCapacity(segment.sublayers.count)
        for layer in segment.sublayers { sublayers.append(try layer.work(at: corner)) }
        var block = BlockWork(sublayers, recompute: try Picoseconds(segment.recompute, at: corner))
        if !sizes.isEmpty {
          let size = sizes[index].segments[place]
          (block.kept, block.transient) = (Bytes(size.kept), Bytes(size.transient))
          block.keptForWeights = Bytes(size.pending)
        }
        blocks.append(block)
      }
      let backward = index == 0 ? Corners.zero : parts[index - 1].message
      works.append(
        PartWork(
          blocks: blocks, forwardMessage: Message(time: try Picoseconds(part.message, at: corner)),
          backwardMessage: Message(time: try Picoseconds(backward, at: corner)),
          forwardTransient: Bytes(index == parts.count - 1 ? logits : 0)))
    }
    return works
  }

  /// Takes one kind of messages out.
  mutating func remove(_ kind: CommunicationTime.Kind) {
    for part in parts.indices {
      if kind == .pipeline { parts[part].message = .zero }
      for segment in parts[part].segments.indices {
        for layer in parts[part].segments[segment].sublayers.indices {
          parts[part].segments[segment].sublayers[layer].remove(kind)
        }
      }
    }
  }
}
