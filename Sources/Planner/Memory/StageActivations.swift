import CostModel
import Quantities

/// What one stage holds for its microbatches, and how its layers are recomputed.
struct StageActivations: Sendable {
  /// The whole stage, front to back.
  let segments: [RecomputeSegment]
  /// Whether no choice under the same policy is better.
  let isProvenBest: Bool
  /// The segment at whose backward pass the stage holds most.
  let peakSegment: Int
  /// Bytes held then.
  let peakBytes: Int
  /// Bytes held as the last layer ends, before the loss.
  let heldBytes: Int

  /// A stage recomputed in these segments.
  init(_ problem: RecomputeProblem, _ segments: [RecomputeSegment], isProvenBest: Bool) throws {
    self.segments = segments
    self.isProvenBest = isProvenBest
    let moments = try problem.timeline(of: segments)
    var peak = 0
    for (index, moment) in moments.enumerated() where moment.total > moments[peak].total { peak = index }
    peakSegment = peak
    peakBytes = moments.isEmpty ? 0 : moments[peak].total
    // All segments are still to come: what the last moment holds without its transient.
    heldBytes = moments.last.map { $0.total - $0.transient } ?? 0
  }

  /// A stage of which nothing is recomputed: its peak needs no timeline.
  init(stored stage: Stage, _ share: DeviceShare, _ cost: ModelCost) throws(OverflowError) {
    segments = [RecomputeSegment(.stored, layers: stage.layers)]
    isProvenBest = true
    peakSegment = 0
    let isFull = cost.setup.layerRecompute == .full
    let layer = try Bytes(share.everyLayerBytes) + Bytes(share.streamBytes) + Bytes(share.transientBytes)
    var sum = try stage.layers * layer
    for kind in share.kinds.indices {
      let (one, count) = (share.kinds[kind], cost.count(of: kind, in: stage.range))
      if count > 0 {
        try sum +=
          count * (isFull ? try Bytes(one.kept) + Bytes(one.remade) + Bytes(share.remadeOutputBytes) : Bytes(one.kept))
      }
    }
    peakBytes = try (stage.inFlight * sum).count
    heldBytes = peakBytes
  }

  /// The sizes of a stage's recompute problem, in bytes.
  static func problem(_ stage: Stage, _ share: DeviceShare, _ cost: ModelCost) throws -> RecomputeProblem {
    let isFull = cost.setup.layerRecompute == .full
    var (resident, transient): ([Int], [Int]) = ([], [])
    resident.reserveCapacity(stage.layers)
    transient.reserveCapacity(stage.layers)
    for kind in cost.kindOfLayer[stage.range] {
      let one = share.kinds[kind]
      resident.append(try (Bytes(one.kept) + Bytes(share.everyLayerBytes)).count)
      transient.append(
        isFull
          ? try (Bytes(share.transientBytes) + Bytes(one.remade) + Bytes(share.remadeOutputBytes)).count
          : share.transientBytes)
    }
    return try RecomputeProblem(
      resident: resident, transient: transient, streamSize: share.streamBytes, inFlight: stage.inFlight)
  }

  /// Sets the symbols of the activation parts for the moment of the peak, or for the loss.
  ///
  /// - Parameters:
  ///   - values: receives the sizes.
  ///   - segments: the whole stage, front to back.
  ///   - peakSegment: the one whose backward pass begins.
  ///   - atLoss: true for the moment before the loss, when every layer is still to come and no block is made again.
  ///   - stage: the stage.
  ///   - share: the layout's sizes.
  ///   - cost: the model's.
  static func setSizes(
    _ values: inout SymbolValues, _ segments: [RecomputeSegment], peakSegment: Int, atLoss: Bool, _ stage: Stage,
    _ share: DeviceShare, _ cost: ModelCost
  ) {
    let (all, prefix, block) = held(segments, upTo: peakSegment, stage, share, cost)
    setSizes(
      &values, others: stage.inFlight - 1, all: all, now: atLoss ? all : prefix, block: atLoss ? Block() : block)
  }

  /// The same for a stage of several chunks: all that it holds besides the pass at the peak counts as one microbatch.
  static func setSizes(
    _ values: inout SymbolValues, _ chunks: [ChunkPlan], _ parts: [Stage], at moment: PeakMoment, _ share: DeviceShare,
    _ cost: ModelCost
  ) {
    var others = Held()
    for (index, part) in parts.enumerated() {
      let whole = held(chunks[index].segments, upTo: nil, part, share, cost).all
      others.add(whole, times: moment.others[index])
    }
    others.bytes += moment.pending
    let current = held(
      chunks[moment.chunk].segments, upTo: moment.segment, parts[moment.chunk], share, cost)
    let isForward = moment.segment == nil
    setSizes(
      &values, others: 1, all: others, now: isForward ? current.all : current.prefix,
      block: isForward ? Block() : current.block)
  }

  /// What a microbatch holds of a part: of all segments, of those up to one of them, and making that one again.
  private static func held(
    _ segments: [RecomputeSegment], upTo last: Int?, _ stage: Stage, _ share: DeviceShare, _ cost: ModelCost
  ) -> (all: Held, prefix: Held, block: Block) {
    let isFull = cost.setup.layerRecompute == .full
    var (all, now, block) = (Held(), Held(), Block())
    var first = stage.range.lowerBound
    for (index, segment) in segments.enumerated() {
      let range = first..<first + segment.layers
      first = range.upperBound
      var (kept, remade) = (0, 0)
      for kind in share.kinds.indices {
        let (one, count) = (share.kinds[kind], cost.count(of: kind, in: range))
        kept += count * one.kept
        if isFull { remade += count * (one.remade + share.remadeOutputBytes) }
      }
      all.layers += segment.layers
      all.bytes += kept
      switch segment.kind {
      case .stored:
        all.stored += segment.layers
        all.streams += segment.layers
        all.storedBytes += remade
      case .recomputed: all.streams += 1
      }
      guard index == last else { continue }
      now = all
      if segment.kind == .recomputed { block = Block(layers: segment.layers, bytes: remade) }
    }
    return (all, now, block)
  }

  private static func setSizes(_ values: inout SymbolValues, others: Int, all: Held, now: Held, block: Block) {
    values[.blockLayers] = block.layers
    values[.innerBlockLayers] = max(0, block.layers - 1)
    values[.blockLayerBytes] = block.bytes
    values[.otherInFlight] = others
    values[.stageLayers] = all.layers
    values[.layersNow] = now.layers
    values[.layerBytes] = all.bytes
    values[.layerBytesNow] = now.bytes
    values[.storedLayerBytes] = all.storedBytes
    values[.storedLayerBytesNow] = now.storedBytes
    values[.heldStreams] = all.streams
    values[.heldStreamsNow] = now.streams
    values[.storedLayers] = all.stored
    values[.storedLayersNow] = now.stored
  }

  /// A block that is made again.
  private struct Block: Sendable {
    var layers = 0
    var bytes = 0
  }

  /// What one microbatch holds, summed over layers.
  ///
  /// The sums are below the peak, which was checked.
  private struct Held {
    var layers = 0
    var bytes = 0
    var storedBytes = 0
    var streams = 0
    var stored = 0

    mutating func add(_ other: Held, times: Int) {
      layers += times * other.layers
      bytes += times * other.bytes
      storedBytes += times * other.storedBytes
      streams += times * other.streams
      stored += times * other.stored
    }
  }
}
