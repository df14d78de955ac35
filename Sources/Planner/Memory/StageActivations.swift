import CostModel
import Quantities

/// What one stage holds for its microbatches, and how its layers are recomputed.
struct StageActivations: Sendable {
  let problem: RecomputeProblem
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

  init(_ problem: RecomputeProblem, _ segments: [RecomputeSegment], isProvenBest: Bool) throws {
    self.problem = problem
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

  /// The sizes of a stage's recompute problem, in bytes.
  static func problem(_ stage: Stage, _ share: DeviceShare, _ cost: ModelCost) throws -> RecomputeProblem {
    let isFull = cost.setup.layerRecompute == .full
    var (resident, transient): ([Int], [Int]) = ([], [])
    resident.reserveCapacity(stage.layers)
    transient.reserveCapacity(stage.layers)
    for kind in stage.kinds {
      resident.append(try (Bytes(share.keptBytes[kind]) + Bytes(share.everyLayerBytes)).count)
      let again = isFull ? try Bytes(share.remadeBytes[kind]) + Bytes(share.remadeOutputBytes) : .zero
      transient.append(try (Bytes(share.transientBytes) + again).count)
    }
    return try RecomputeProblem(
      resident: resident, transient: transient, streamSize: share.streamBytes, inFlight: stage.inFlight)
  }

  /// Sets the symbols of the activation parts for the moment of the peak, or for the loss.
  ///
  /// - Parameters:
  ///   - values: receives the sizes.
  ///   - atLoss: true for the moment before the loss, when every layer is still to come and no block is made again.
  func setSizes(_ values: inout SymbolValues, _ stage: Stage, _ share: DeviceShare, _ cost: ModelCost, atLoss: Bool) {
    let isFull = cost.setup.layerRecompute == .full
    func remade(_ kind: Int) -> Int { isFull ? share.remadeBytes[kind] + share.remadeOutputBytes : 0 }
    var all = Held()
    var now = Held()
    var first = 0
    for (index, segment) in segments.enumerated() {
      let last = first + segment.layers
      for kind in stage.kinds[first..<last] {
        all.layers += 1
        all.bytes += share.keptBytes[kind]
        guard segment.kind == .stored else { continue }
        all.stored += 1
        all.streams += 1
        all.storedBytes += remade(kind)
      }
      if segment.kind == .recomputed { all.streams += 1 }
      if index == peakSegment || atLoss { now = all }
      if index == peakSegment {
        let isRemade = segment.kind == .recomputed && !atLoss
        values[.blockLayers] = isRemade ? segment.layers : 0
        values[.innerBlockLayers] = isRemade ? segment.layers - 1 : 0
        values[.blockLayerBytes] = isRemade ? stage.kinds[first..<last].reduce(0) { $0 + remade($1) } : 0
      }
      first = last
    }
    values[.otherInFlight] = stage.inFlight - 1
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

  /// What one microbatch holds, summed over layers. The sums are below the problem's, which were checked.
  private struct Held {
    var layers = 0
    var bytes = 0
    var storedBytes = 0
    var streams = 0
    var stored = 0
  }
}
