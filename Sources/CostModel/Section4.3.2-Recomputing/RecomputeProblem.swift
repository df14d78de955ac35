import Quantities

/// The sizes that decide how a stage recomputes: what its layers keep, what they need again, and for how many
/// microbatches.
///
/// The stage's layers are numbered 1…L in the order of the forward pass. All sizes are in one unit of the caller's:
/// bytes for a plan, channels (multiples of C elements a token) to follow the paper. Recompute blocks never cross the
/// boundary of a pipeline stage, so a problem is one stage and its layers are that stage's.
///
/// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2.
public struct RecomputeProblem: Hashable, Sendable {
  /// σ: the streams at the boundary of a layer, nC elements a token.
  public let streamSize: Int
  /// M: microbatches whose activations the stage holds at once, the one in its backward pass included.
  public let inFlight: Int
  /// T_j: streams and transients of layers 1…j, for j = 0…L.
  package let heldSums: [Int]
  /// S_j = R_j + T_j: the same with what stays resident, for j = 0…L.
  package let aliveSums: [Int]

  /// The problem of one stage.
  ///
  /// - Parameters:
  ///   - resident: r_l, what layer l keeps from its forward to its backward pass whatever is recomputed.
  ///   - transient: x_l, what layer l needs besides its input streams while its block is recomputed: the layer input
  ///     and its norm, and the layer function's own activations where that is recomputed too.
  ///   - streamSize: σ.
  ///   - inFlight: M, at least 1.
  /// - Throws: ``RecomputeProblemError`` for sizes that contradict one another or are negative; `OverflowError` when
  ///   the stage does not fit in 64 bits with nothing recomputed, the most that any choice can hold.
  public init(resident: [Int], transient: [Int], streamSize: Int, inFlight: Int = 1) throws {
    guard resident.count == transient.count else {
      throw RecomputeProblemError.unequalCounts(resident.count, transient.count)
    }
    try RecomputeProblemError.check("microbatches in flight", inFlight, atLeast: 1)
    try RecomputeProblemError.check("stream size", streamSize, atLeast: 0)
    // Reserved before the first element, so that each is allocated once: planning makes many problems.
    var (held, alive): ([Int], [Int]) = ([], [])
    held.reserveCapacity(resident.count + 1)
    alive.reserveCapacity(resident.count + 1)
    held.append(0)
    alive.append(0)
    var (heldSum, aliveSum) = (0, 0)
    for (kept, needed) in zip(resident, transient) {
      try RecomputeProblemError.check("resident size", kept, atLeast: 0)
      try RecomputeProblemError.check("transient size", needed, atLeast: 0)
      let (layer, layerOverflow) = streamSize.addingReportingOverflow(needed)
      let (withKept, keptOverflow) = layer.addingReportingOverflow(kept)
      let (sum, sumOverflow) = aliveSum.addingReportingOverflow(withKept)
      if layerOverflow || keptOverflow || sumOverflow {
        throw OverflowError("activations of layers 1…\(held.count) = \(aliveSum) + \(streamSize) + \(needed) + \(kept)")
      }
      heldSum += layer
      aliveSum = sum
      held.append(heldSum)
      alive.append(aliveSum)
    }
    // The largest peak of all: every layer stored. With it in range no sum below can overflow.
    _ = try product("activations of all microbatches", inFlight, aliveSum)
    self.init(streamSize: streamSize, inFlight: inFlight, heldSums: held, aliveSums: alive)
  }

  init(streamSize: Int, inFlight: Int, heldSums: [Int], aliveSums: [Int]) {
    self.streamSize = streamSize
    self.inFlight = inFlight
    self.heldSums = heldSums
    self.aliveSums = aliveSums
  }

  /// The first layers of the stage by themselves.
  ///
  /// - Parameter layers: at most those of the stage.
  /// - Returns: their problem, for as many microbatches.
  public func prefix(_ layers: Int) -> RecomputeProblem {
    RecomputeProblem(
      streamSize: streamSize, inFlight: inFlight, heldSums: Array(heldSums[...layers]),
      aliveSums: Array(aliveSums[...layers]))
  }

  /// A stage of `layers` layers of one size.
  ///
  /// - Parameters:
  ///   - layers: L.
  ///   - resident: r, of every layer.
  ///   - transient: x, of every layer.
  ///   - streamSize: σ.
  ///   - inFlight: M, at least 1.
  /// - Throws: ``RecomputeProblemError`` for a negative size; `OverflowError` when the stage does not fit in 64 bits.
  public init(layers: Int, resident: Int, transient: Int, streamSize: Int, inFlight: Int = 1) throws {
    try RecomputeProblemError.check("layers", layers, atLeast: 0)
    try self.init(
      resident: Array(repeating: resident, count: layers), transient: Array(repeating: transient, count: layers),
      streamSize: streamSize, inFlight: inFlight)
  }

  /// L: layers of the stage.
  public var layers: Int { heldSums.count - 1 }

  /// What the layer functions of one microbatch keep whatever is recomputed.
  public var residentTotal: Int { aliveSums[layers] - heldSums[layers] }

  /// The peak when nothing is recomputed, the most that any choice holds.
  public var storedPeak: Int { inFlight * aliveSums[layers] }

  /// r of one layer, counted from 1.
  public func resident(ofLayer layer: Int) -> Int {
    (aliveSums[layer] - aliveSums[layer - 1]) - (heldSums[layer] - heldSums[layer - 1])
  }

  /// x of one layer, counted from 1.
  public func transient(ofLayer layer: Int) -> Int { heldSums[layer] - heldSums[layer - 1] - streamSize }
}
