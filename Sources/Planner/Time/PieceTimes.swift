import CostModel

/// Times of the pieces that stages are put together from, for one microbatch on one device.
struct PieceTimes: Sendable {
  private let kinds: [(forward: Corners, backward: Corners, rerun: Corners)]
  private let connectionForward: Corners
  private let connectionBackward: Corners
  private let recomputePerBlock: Corners
  private let recomputePerLayer: Corners
  private let recomputePerInnerLayer: Corners
  private let head: Corners
  private let rerunsLayers: Bool

  init(_ roofline: Roofline, _ rates: LayerRates, _ share: DeviceShare, _ cost: ModelCost) {
    kinds = rates.kinds.map { ($0.forward.seconds(share), $0.backward.seconds(share), $0.rerun.seconds(share)) }
    head = rates.head.seconds(share)
    rerunsLayers = cost.setup.layerRecompute != .none
    let tokens = Double(share.tokens)
    let connection = cost.connection
    connectionForward = roofline.seconds(connection.forward, tokens: tokens)
    connectionBackward = roofline.seconds(connection.backward, tokens: tokens)
    recomputePerBlock = roofline.seconds(connection.recomputePerBlock, tokens: tokens)
    recomputePerLayer = roofline.seconds(connection.recomputePerLayer, tokens: tokens)
    recomputePerInnerLayer = roofline.seconds(connection.recomputePerInnerLayer, tokens: tokens)
  }

  /// The time of one stage.
  func stage(_ stage: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) -> StageTime {
    var time = StageTime()
    for kind in kinds.indices {
      let count = Double(stage.counts[kind])
      time.layerForward += count * kinds[kind].forward
      time.layerBackward += count * kinds[kind].backward
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
      guard rerunsLayers else { continue }
      for (kind, count) in zip(kinds, cost.counts(in: range)) { time.layerRecompute += Double(count) * kind.rerun }
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
      perLayer: layers.map { picoseconds(recomputePerLayer + kinds[$0].rerun) },
      perInnerLayer: layers.map { _ in picoseconds(recomputePerInnerLayer) })
  }
}
