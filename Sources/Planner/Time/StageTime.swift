import CostModel
import Quantities

/// What one stage does for one microbatch, in seconds, at one choice of the device's constants.
struct StageTime: Sendable {
  var layerForward = 0.0
  var layerBackward = 0.0
  var layerRecompute = 0.0
  var connectionForward = 0.0
  var connectionBackward = 0.0
  var connectionRecompute = 0.0
  var head = 0.0

  var total: Double {
    layerForward + layerBackward + layerRecompute + connectionForward + connectionBackward + connectionRecompute + head
  }
}

/// Times of the pieces that stages are put together from, for one microbatch on one device.
struct PieceTimes: Sendable {
  /// Forward, backward and rerun of each kind of layer function.
  let kinds: [(forward: Double, backward: Double, rerun: Double)]
  let connectionForward: Double
  let connectionBackward: Double
  let recomputePerBlock: Double
  let recomputePerLayer: Double
  let recomputePerInnerLayer: Double
  let head: Double

  /// The backward pass of a product with a weight is two products; of an attention core, five where forward has two;
  /// of an element-wise operation, twice the traffic.
  /// - Source: FlashAttention-2 (arXiv:2307.08691) §3.1.2 for the five.
  static func backwardFactor(_ kind: WorkRow.Kind) -> Double { kind == .attention ? 2.5 : 2 }

  init(_ point: RooflinePoint, _ share: DeviceShare, _ cost: ModelCost) {
    func seconds(_ row: LayerKindCost.WorkCost, scale: Double) -> Double {
      let (flops, bytes) = row.onDevice(share, scale: scale)
      return point.seconds(row.kind, flops: flops, bytes: bytes)
    }
    kinds = cost.kinds.map { kind in
      var (forward, backward, rerun) = (0.0, 0.0, 0.0)
      for row in kind.work {
        let once = seconds(row, scale: 1)
        forward += once
        backward += seconds(row, scale: Self.backwardFactor(row.kind))
        if row.isRerun { rerun += once }
      }
      return (forward, backward, rerun)
    }
    let tokens = Double(share.tokens)
    let connection = cost.connection
    connectionForward = point.seconds(connection.forward, tokens: tokens)
    connectionBackward = point.seconds(connection.backward, tokens: tokens)
    recomputePerBlock = point.seconds(connection.recomputePerBlock, tokens: tokens)
    recomputePerLayer = point.seconds(connection.recomputePerLayer, tokens: tokens)
    recomputePerInnerLayer = point.seconds(connection.recomputePerInnerLayer, tokens: tokens)
    head = cost.ends.work.reduce(0) { $0 + seconds($1, scale: 1) + seconds($1, scale: 2) }
  }

  /// The time of one stage.
  func stage(_ stage: Stage, _ segments: [RecomputeSegment]) -> StageTime {
    var time = StageTime()
    for (kind, count) in stage.kindCounts.enumerated() where count > 0 {
      time.layerForward += Double(count) * kinds[kind].forward
      time.layerBackward += Double(count) * kinds[kind].backward
    }
    time.connectionForward = Double(stage.layers) * connectionForward
    time.connectionBackward = Double(stage.layers) * connectionBackward
    let again = RecomputeCounts(stage, segments)
    time.connectionRecompute =
      Double(again.blocks) * recomputePerBlock + Double(again.layers) * recomputePerLayer
      + Double(again.layers - again.blocks) * recomputePerInnerLayer
    for (kind, count) in again.reruns.enumerated() { time.layerRecompute += Double(count) * kinds[kind].rerun }
    if stage.isLast { time.head = head }
    return time
  }

  /// What recomputing a stage costs, in picoseconds, for the search of the least.
  func work(_ stage: Stage) throws -> RecomputeWork {
    func picoseconds(_ seconds: Double) -> Int { Int(min(seconds * 1e12, 1e15)) }
    return try RecomputeWork(
      perBlock: picoseconds(recomputePerBlock),
      perLayer: stage.kinds.map { picoseconds(recomputePerLayer + kinds[$0].rerun) },
      perInnerLayer: stage.kinds.map { _ in picoseconds(recomputePerInnerLayer) })
  }
}
