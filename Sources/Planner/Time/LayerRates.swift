import CostModel

/// Times a token of a model's layer functions.
///
/// A row of a layer function takes t0 + tokens × max(bytes / (η B), FLOPs / (η' P)), the maximum being one of a token,
/// so that rows add up before the layout is known.
struct LayerRates: Sendable {
  /// By kind of layer function.
  let kinds: [Passes]
  /// The output head and what prediction modules have besides their layers.
  let headForward: Rate
  let headBackward: Rate
  /// Of its backward pass, the gradients of weights.
  let headWeights: Rate

  struct Passes: Sendable {
    var forward = Rate()
    var backward = Rate()
    var rerun = Rate()
    /// Of the backward pass, the gradients of weights.
    var weights = Rate()
    /// Of the forward and backward pass, attention cores.
    var core = Rate()
    var coreBackward = Rate()
  }

  /// Rows added up: their t0, and seconds a token by how the rows divide over devices.
  struct Rate: Sendable {
    private var latency = Corners.zero
    private var replicated = Corners.zero
    private var sequence = Corners.zero
    private var tensor = Corners.zero

    mutating func add(_ row: LayerKindCost.WorkCost, _ roofline: Roofline, scale: Double, isPart: Bool = false) {
      // A part of a row that is counted elsewhere starts no kernel of its own.
      if !isPart { latency += roofline.latency }
      let seconds = roofline.secondsPerToken(row, scale: scale)
      switch row.sharding {
      case .replicated: replicated += seconds
      case .sequence: sequence += seconds
      case .tensor, .keyValueHeads, .expert: tensor += seconds
      }
    }

    /// Seconds for one microbatch on one device.
    func seconds(_ share: DeviceShare) -> Corners {
      let tokens = Double(share.contextTokens)
      let (shards, sequenceShards) = (Double(share.layout.tensor), Double(share.layout.sequenceShards))
      return latency + tokens * replicated + (tokens / sequenceShards) * sequence + (tokens / shards) * tensor
    }
  }

  init(_ cost: ModelCost, _ roofline: Roofline) {
    kinds = cost.kinds.map { kind in
      var passes = Passes()
      for row in kind.work {
        passes.forward.add(row, roofline, scale: 1)
        passes.backward.add(row, roofline, scale: Self.backwardFactor(row.kind))
        if row.isRerun { passes.rerun.add(row, roofline, scale: 1) }
        switch row.kind {
        case .matrix: passes.weights.add(row, roofline, scale: 1, isPart: true)
        case .attention:
          passes.core.add(row, roofline, scale: 1, isPart: true)
          passes.coreBackward.add(row, roofline, scale: Self.backwardFactor(row.kind), isPart: true)
        case .vector: break
        }
      }
      return passes
    }
    var (forward, backward, weights) = (Rate(), Rate(), Rate())
    for row in cost.ends.work {
      forward.add(row, roofline, scale: 1)
      backward.add(row, roofline, scale: Self.backwardFactor(row.kind))
      if row.kind == .matrix { weights.add(row, roofline, scale: 1, isPart: true) }
    }
    (headForward, headBackward, headWeights) = (forward, backward, weights)
  }

  /// The backward pass of a product with a weight is two products; of an attention core, five where forward has two;
  /// of an element-wise operation, twice the traffic.
  /// - Source: FlashAttention-2 (arXiv:2307.08691) §3.1.2 for the five.
  static func backwardFactor(_ kind: WorkRow.Kind) -> Double { Double(backwardHalves(kind)) / 2 }

  /// The same in halves of a forward pass.
  static func backwardHalves(_ kind: WorkRow.Kind) -> Int { kind == .attention ? 5 : 4 }
}
