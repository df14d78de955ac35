import CostModel
import Quantities

/// A part of the model on the stages that hold it, and what recomputing it costs.
struct ChunkPart {
  /// The part, with the most microbatches of it that any stage holds.
  let stage: Stage
  /// The part with nothing recomputed.
  let stored: StageActivations
  /// Bytes of activations that it may hold: its stage's, shared out by what parts take with nothing recomputed; on the stage
  /// where that is least.
  let room: Int
  /// How many times its room it takes with nothing recomputed.
  let excess: Double
  let work: RecomputeWork
  private let problem: RecomputeProblem
  private let isAlike: Bool
  private let streams: Int
  private let decoderLayers: Int

  /// All parts, by their numbers.
  ///
  /// - Parameters:
  ///   - partsOfStage: every stage's.
  ///   - free: bytes that a stage has for activations.
  ///   - share: the layout's sizes.
  ///   - cost: the model's.
  ///   - pieces: what recomputing takes.
  /// - Returns: each part by its number.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  static func parts(
    _ partsOfStage: [[Stage]], free: [Int], _ share: DeviceShare, _ cost: ModelCost, _ pieces: PieceTimes
  ) throws -> [Int: ChunkPart] {
    var rooms: [Int: (room: Int, excess: Double)] = [:]
    var most: [Int: Stage] = [:]
    for (parts, free) in zip(partsOfStage, free) {
      let stored = try parts.map { try StageActivations(stored: $0, share, cost).peakBytes }
      let all = try stored.reduce(Bytes.zero) { try $0 + Bytes($1) }.count
      for (part, bytes) in zip(parts, stored) {
        // Rounded down: shares never add up to more than there is.
        let own = all <= free ? free : Int(Double(free) * (Double(bytes) / Double(all)) * (1 - 1e-9))
        let excess = Double(all) / Double(max(free, 1))
        rooms[part.index] = rooms[part.index].map { (min($0.room, own), max($0.excess, excess)) } ?? (own, excess)
        if part.inFlight > most[part.index]?.inFlight ?? 0 { most[part.index] = part }
      }
    }
    return try most.mapValues { part in
      let (room, excess) = rooms[part.index] ?? (0, 0)
      return ChunkPart(
        stage: part, stored: try StageActivations(stored: part, share, cost), room: room, excess: excess,
        work: try pieces.work(part, cost), problem: try StageActivations.problem(part, share, cost),
        isAlike: cost.setup.layerRecompute != .full, streams: cost.connection.streams,
        decoderLayers: part.decoderLayers(cost))
    }
  }

  /// The part under a policy, with so many times its room.
  func choose(_ policy: StreamRecompute, times factor: Double) throws -> StageActivations {
    // Logits are off the room already.
    try policy.choose(
      stored: stored, isAlike: isAlike, problem: { problem }, work: { work }, streams: streams,
      decoderLayers: decoderLayers,
      room: Int(max(-1e18, min(Double(room) * factor, 1e18))), logits: 0)
  }
}
