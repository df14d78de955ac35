public import CostModel
import Quantities

extension Layout {
  /// The largest size that any option takes: beyond every cluster and sequence, and far from overflow.
  public static let largestSize = 1 << 32

  /// Checks that the layout exists for a model.
  ///
  /// - Parameter model: the model to lay out.
  /// - Throws: ``PlanError`` that names the option and the sizes that would do; `OverflowError` when the devices or the
  ///   tokens of the layout cannot be counted.
  public func check(against model: ModelShape) throws {
    for (option, size) in [
      ("--data", data), ("--tensor", tensor), ("--pipeline", pipeline), ("--expert", expert), ("--context", context),
      ("--microbatch", microbatch), ("--sequence", sequence), ("--global-batch", globalBatch),
    ] where !(1...Self.largestSize).contains(size) {
      throw PlanError(option, "expected 1 to \(Self.largestSize), found \(size)")
    }
    _ = try devices
    _ = try product("tokens of a step", globalBatch, sequence)
    try checkTensor(model)
    try checkExperts(model)
    guard pipeline <= model.layers.count else {
      throw PlanError("--pipeline", "expected at most \(model.layers.count), one layer a stage, found \(pipeline)")
    }
    let perMicrobatch = try product("sequences of a microbatch on all replicas", microbatch, data)
    guard globalBatch % perMicrobatch == 0 else {
      let nearest = max(1, (globalBatch + perMicrobatch / 2) / perMicrobatch) * perMicrobatch
      throw PlanError(
        "--global-batch",
        "expected a multiple of microbatch × data = \(perMicrobatch), such as \(nearest), found \(globalBatch)")
    }
  }

  /// Devices of the layout.
  public var devices: Int {
    get throws(OverflowError) { try product("devices", data, tensor, pipeline, context) }
  }

  /// Devices of one stage: those that experts can be spread over.
  var stageDevices: Int {
    get throws(OverflowError) { try product("devices of a stage", data, tensor, context) }
  }

  private func checkTensor(_ model: ModelShape) throws {
    let tokens = sequence / context
    guard sequence % context == 0 else {
      throw PlanError("--context", "expected a divisor of the sequence, \(sequence), found \(context)")
    }
    guard tokens % sequenceShards == 0 else {
      throw PlanError("--tensor", "expected a divisor of the \(tokens) tokens a sequence has on a device, found \(tensor)")
    }
    for layer in model.layers + model.predictionModules {
      try checkDivides(tensor, layer.attention.heads, "the \(layer.attention.heads) attention heads")
      if case .dense(let network) = layer.feedForward {
        try checkDivides(tensor, network.intermediate, "the \(network.intermediate) feed-forward channels")
      }
    }
  }

  private func checkDivides(_ size: Int, _ whole: Int, _ what: String) throws(PlanError) {
    guard whole % size == 0 else { throw PlanError("--tensor", "expected a divisor of \(what), found \(size)") }
  }

  private func checkExperts(_ model: ModelShape) throws {
    let experts = (model.layers + model.predictionModules).compactMap { layer -> Int? in
      if case .mixture(let mixture) = layer.feedForward { mixture.routedExperts } else { nil }
    }
    guard !experts.isEmpty else {
      guard expert == 1 else { throw PlanError("--expert", "expected 1, as the model has no experts, found \(expert)") }
      return
    }
    for count in experts where count % expert != 0 {
      throw PlanError("--expert", "expected a divisor of the \(count) routed experts, found \(expert)")
    }
    let spread = try stageDevices
    guard spread % expert == 0 else {
      throw PlanError(
        "--expert", "expected a divisor of data × tensor × context = \(spread), over which experts are spread, found \(expert)")
    }
  }
}

extension Attention {
  /// Query heads, which tensor parallelism divides.
  var heads: Int {
    switch self {
    case .grouped(let attention): attention.heads
    case .latent(let attention): attention.heads
    case .compressed(let attention): attention.heads
    }
  }
}
