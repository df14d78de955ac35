import CostModel
import Quantities

/// What one microbatch holds of a part of the model, segment by segment, in bytes.
struct ChunkSizes: Sendable {
  /// Front to back.
  let segments: [Segment]
  /// Held after the whole forward pass.
  let kept: Int
  /// Held where the gradients of all weights are still to come.
  let pending: Int

  struct Segment: Sendable {
    /// From the forward pass to the end of the segment's backward pass.
    var kept: Int
    /// From the start of its recompute to that end.
    var transient: Int
    /// From that end until the gradients of its weights are done, where these are put off: all that its layer functions
    /// keep, although not every tensor of it is read for weights.
    var pending: Int
  }

  /// The sizes of a part recomputed in these segments.
  init(
    _ part: Stage, _ segments: [RecomputeSegment], _ share: DeviceShare, _ cost: ModelCost
  ) throws {
    let problem = try StageActivations.problem(part, share, cost)
    let isFull = cost.setup.layerRecompute == .full
    var first = 0
    self.segments = segments.map { segment in
      let last = first + segment.layers
      let streams = problem.heldSums[last] - problem.heldSums[first]
      let resident = problem.aliveSums[last] - problem.aliveSums[first] - streams
      var pending = 0
      for kind in share.kinds.indices {
        let range = part.range.lowerBound + first..<part.range.lowerBound + last
        let one = share.kinds[kind]
        pending += cost.count(of: kind, in: range) * (one.kept + (isFull ? one.remade : 0))
      }
      first = last
      return segment.kind == .stored
        ? Segment(kept: resident + streams, transient: 0, pending: pending)
        : Segment(
          kept: resident + share.streamBytes, transient: streams - share.streamBytes, pending: pending)
    }
    kept = self.segments.reduce(0) { $0 + $1.kept }
    pending = self.segments.reduce(0) { $0 + $1.pending }
  }
}
