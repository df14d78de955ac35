import CostModel
import Quantities

/// Times a token of a model's layer functions at one choice of the device's constants.
///
/// A row of a layer function takes t0 + tokens × max(bytes / (η B), FLOPs / (η' P)), the maximum being one of a token,
/// so that rows add up before the layout is known.
struct LayerRates: Sendable {
  /// By kind of layer function.
  let kinds: [Passes]
  /// The output head and what prediction modules have besides their layers, both ways.
  let head: Rate

  struct Passes: Sendable {
    var forward = Rate()
    var backward = Rate()
    var rerun = Rate()
  }

  /// Rows added up: their t0, and seconds a token by how the rows divide over devices.
  struct Rate: Sendable {
    var latency = 0.0
    var replicated = 0.0
    var sequence = 0.0
    var tensor = 0.0

    mutating func add(_ row: LayerKindCost.WorkCost, _ point: RooflinePoint, scale: Double) {
      latency += point.latency
      let seconds = point.secondsPerToken(row, scale: scale)
      switch row.sharding {
      case .replicated: replicated += seconds
      case .sequence: sequence += seconds
      case .tensor, .expert: tensor += seconds
      }
    }

    /// Seconds for one microbatch on one device.
    func seconds(_ share: DeviceShare) -> Double {
      latency
        + Double(share.contextTokens)
        * (replicated + sequence / Double(share.layout.sequenceShards) + tensor / Double(share.layout.tensor))
    }
  }

  init(_ cost: ModelCost, _ point: RooflinePoint) {
    kinds = cost.kinds.map { kind in
      var passes = Passes()
      for row in kind.work {
        passes.forward.add(row, point, scale: 1)
        passes.backward.add(row, point, scale: Self.backwardFactor(row.kind))
        if row.isRerun { passes.rerun.add(row, point, scale: 1) }
      }
      return passes
    }
    var head = Rate()
    for row in cost.ends.work {
      head.add(row, point, scale: 1)
      head.add(row, point, scale: Self.backwardFactor(row.kind))
    }
    self.head = head
  }

  /// The backward pass of a product with a weight is two products; of an attention core, five where forward has two;
  /// of an element-wise operation, twice the traffic.
  /// - Source: FlashAttention-2 (arXiv:2307.08691) §3.1.2 for the five.
  static func backwardFactor(_ kind: WorkRow.Kind) -> Double { kind == .attention ? 2.5 : 2 }
}

/// Times of the pieces that stages are put together from, for one microbatch on one device.
struct PieceTimes: Sendable {
  private let kinds: [(forward: Double, backward: Double, rerun: Double)]
  private let connectionForward: Double
  private let connectionBackward: Double
  private let recomputePerBlock: Double
  private let recomputePerLayer: Double
  private let recomputePerInnerLayer: Double
  private let head: Double

  init(_ point: RooflinePoint, _ rates: LayerRates, _ share: DeviceShare, _ cost: ModelCost) {
    kinds = rates.kinds.map { ($0.forward.seconds(share), $0.backward.seconds(share), $0.rerun.seconds(share)) }
    head = rates.head.seconds(share)
    let tokens = Double(share.tokens)
    let connection = cost.connection
    connectionForward = point.seconds(connection.forward, tokens: tokens)
    connectionBackward = point.seconds(connection.backward, tokens: tokens)
    recomputePerBlock = point.seconds(connection.recomputePerBlock, tokens: tokens)
    recomputePerLayer = point.seconds(connection.recomputePerLayer, tokens: tokens)
    recomputePerInnerLayer = point.seconds(connection.recomputePerInnerLayer, tokens: tokens)
  }

  /// The time of one stage.
  func stage(_ stage: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) -> StageTime {
    var time = StageTime()
    for kind in kinds.indices {
      let count = Double(cost.count(of: kind, in: stage.range))
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
    func picoseconds(_ seconds: Double) -> Int { Int(min(seconds * 1e12, 1e15)) }
    let layers = cost.kindOfLayer[stage.range]
    return try RecomputeWork(
      perBlock: picoseconds(recomputePerBlock),
      perLayer: layers.map { picoseconds(recomputePerLayer + kinds[$0].rerun) },
      perInnerLayer: layers.map { _ in picoseconds(recomputePerInnerLayer) })
  }
}
