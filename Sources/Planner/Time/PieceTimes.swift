import CostModel

/// Times of the pieces that stages are put together from, for one microbatch on one device.
struct PieceTimes: Sendable {
  private let kinds: [Kind]
  private let connectionForward: Corners
  private let connectionBackward: Corners
  private let recomputePerBlock: Corners
  private let recomputePerLayer: Corners
  private let recomputePerInnerLayer: Corners
  private let head: Corners
  private let level: RecomputeLevel

  /// One kind of layer function.
  private struct Kind: Sendable {
    var forward: Corners
    var backward: Corners
    var rerun: Corners
  }

  /// The times of a model's pieces.
  ///
  /// - Parameters:
  ///   - roofline: the device.
  ///   - rates: times a token of the model's layer functions.
  ///   - share: the layout's share of the model.
  ///   - cost: the model.
  ///   - other: the same layout's times of a model with the same layer functions, to take theirs from.
  init(_ roofline: Roofline, _ rates: LayerRates, _ share: DeviceShare, _ cost: ModelCost, like other: PieceTimes?) {
    kinds =
      other?.kinds
      ?? rates.kinds.map {
        Kind(forward: $0.forward.seconds(share), backward: $0.backward.seconds(share), rerun: $0.rerun.seconds(share))
      }
    head = rates.head.seconds(share)
    level = cost.setup.layerRecompute
    let tokens = Double(share.tokens)
    let connection = cost.connection
    connectionForward = roofline.seconds(connection.forward, tokens: tokens)
    connectionBackward = roofline.seconds(connection.backward, tokens: tokens)
    recomputePerBlock = roofline.seconds(connection.recomputePerBlock, tokens: tokens)
    recomputePerLayer = roofline.seconds(connection.recomputePerLayer, tokens: tokens)
    recomputePerInnerLayer = roofline.seconds(connection.recomputePerInnerLayer, tokens: tokens)
  }

  /// The time of one stage, in parts.
  func stage(_ stage: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) -> StageTime {
    var time = StageTime()
    for kind in kinds.indices {
      let count = Double(cost.count(of: kind, in: stage.range))
      time.layerForward += count * kinds[kind].forward
      time.layerBackward += count * kinds[kind].backward
      // The attention core runs again in every layer; whole functions only where a block is recomputed.
      if level == .attention { time.layerRecompute += count * kinds[kind].rerun }
    }
    time.connectionForward = Double(stage.layers) * connectionForward
    time.connectionBackward = Double(stage.layers) * connectionBackward
    var first = stage.range.lowerBound
    for segment in segments {
      let range = first..<first + segment.layers
      first = range.upperBound
      guard segment.kind == .recomputed else { continue }
      time.connectionRecompute +=
        recomputePerBlock + Double(segment.layers) * recomputePerLayer
        + Double(segment.layers - 1) * recomputePerInnerLayer
      guard level == .full else { continue }
      for kind in kinds.indices {
        time.layerRecompute += Double(cost.count(of: kind, in: range)) * kinds[kind].rerun
      }
    }
    if stage.isLast { time.head = head }
    return time
  }

  /// What recomputing a stage costs, in picoseconds, for the search of the least.
  func work(_ stage: Stage, _ cost: ModelCost) throws -> RecomputeWork {
    // A picosecond resolves the fastest kernel; the bound keeps absurd sizes within 64 bits.
    func picoseconds(_ seconds: Corners) -> Int { Int(min(seconds[.expected] * 1e12, 1e15)) }
    let layers = cost.kindOfLayer[stage.range]
    return try RecomputeWork(
      perBlock: picoseconds(recomputePerBlock),
      perLayer: layers.map { picoseconds(level == .full ? recomputePerLayer + kinds[$0].rerun : recomputePerLayer) },
      perInnerLayer: layers.map { _ in picoseconds(recomputePerInnerLayer) })
  }
}
