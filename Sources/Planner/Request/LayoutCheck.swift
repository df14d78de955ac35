public import CostModel
import Quantities
import Schedules

extension Layout {
  /// The largest size that any option takes: beyond every cluster and sequence, and far from overflow.
  public static let largestSize = 1 << 32

  /// Checks that the layout exists for a model.
  ///
  /// - Parameter model: the model to lay out.
  /// - Throws: ``PlanError`` that names the option and the sizes that would do; `OverflowError` when the devices or the
  ///   tokens of the layout cannot be counted.
  public func check(against model: ModelShape) throws {
    try check(LayoutLimits(model))
  }

  /// The same, for a model whose sizes are at hand.
  func check(_ limits: LayoutLimits) throws {
    try checkRange("--data", data)
    try checkRange("--tensor", tensor)
    try checkRange("--pipeline", pipeline)
    try checkRange("--expert", expert)
    try checkRange("--context", context)
    try checkRange("--microbatch", microbatch)
    try checkRange("--sequence", sequence)
    try checkRange("--global-batch", globalBatch)
    _ = try devices
    _ = try product("tokens of a step", globalBatch, sequence)
    try checkTensor(limits)
    try checkExperts(limits)
    try checkStages(limits)
    let perMicrobatch = try product("sequences of a microbatch on all replicas", microbatch, data)
    guard globalBatch % perMicrobatch == 0 else {
      let nearest = max(1, (globalBatch + perMicrobatch / 2) / perMicrobatch) * perMicrobatch
      throw PlanError(
        "--global-batch",
        "expected a multiple of microbatch × data = \(perMicrobatch), such as \(nearest), found \(globalBatch)")
    }
    try checkSchedule(perMicrobatch)
  }

  /// Checks what the schedule needs, and names the option that would give it.
  private func checkSchedule(_ perMicrobatch: Int) throws {
    do throws(ScheduleError) {
      _ = try pipelineSchedule
    } catch {
      switch error.subject {
      case .microbatches:
        let nearest = try error.nearest.map { try product("sequences of a step", $0, perMicrobatch) }
        throw PlanError(
          "--global-batch",
          "\(error.problem) microbatches; "
            + (nearest.map { "the nearest is \($0) sequences" } ?? "no number would do") + ", found \(globalBatch)")
      case .chunks: throw PlanError("--chunks", error.problem)
      case .stages, .work, .step: throw PlanError("--pipeline", error.problem)
      }
    }
  }

  /// Devices of the layout.
  public var devices: Int {
    get throws(OverflowError) { try product("devices", stageDevices, pipeline) }
  }

  /// Devices of one stage: those that experts can be spread over.
  var stageDevices: Int {
    get throws(OverflowError) { try product("devices of a stage", product("data × tensor", data, tensor), context) }
  }

  private func checkRange(_ option: String, _ size: Int) throws(PlanError) {
    guard (1...Self.largestSize).contains(size) else {
      throw PlanError(option, "expected 1 to \(Self.largestSize), found \(size)")
    }
  }

  private func checkTensor(_ limits: LayoutLimits) throws(PlanError) {
    guard sequence % context == 0 else {
      throw PlanError("--context", "expected a divisor of the sequence, \(sequence), found \(context)")
    }
    for heads in limits.heads where heads % tensor != 0 {
      throw PlanError("--tensor", "expected a divisor of the \(heads) attention heads, found \(tensor)")
    }
    for channels in limits.intermediates where channels % tensor != 0 {
      throw PlanError("--tensor", "expected a divisor of the \(channels) feed-forward channels, found \(tensor)")
    }
    let tokens = sequence / context
    guard tokens % sequenceShards == 0 else {
      throw PlanError(
        "--tensor", "expected a divisor of the \(tokens) tokens a sequence has on a device, found \(tensor)")
    }
  }

  private func checkExperts(_ limits: LayoutLimits) throws {
    guard !limits.experts.isEmpty else {
      guard expert == 1 else { throw PlanError("--expert", "expected 1, as the model has no experts, found \(expert)") }
      return
    }
    for count in limits.experts where count % expert != 0 {
      throw PlanError("--expert", "expected a divisor of the \(count) routed experts, found \(expert)")
    }
    let spread = try stageDevices
    guard spread % expert == 0 else {
      throw PlanError(
        "--expert",
        "expected a divisor of data × tensor × context = \(spread), over which experts are spread, found \(expert)")
    }
  }

  private func checkStages(_ limits: LayoutLimits) throws(PlanError) {
    guard pipeline <= limits.layers else {
      throw PlanError("--pipeline", "expected at most \(limits.layers), one layer a stage, found \(pipeline)")
    }
    try checkRange("--chunks", chunks)
    guard parts <= limits.layers else {
      let most = limits.layers / chunksOfStage
      guard most > 0 else {
        throw PlanError("--chunks", "expected at most \(limits.layers), one layer a chunk, found \(chunksOfStage)")
      }
      throw PlanError(
        "--pipeline",
        "expected at most \(most), one layer a chunk and \(chunksOfStage) chunks a stage under \(schedule.rawValue), "
          + "found \(pipeline)")
    }
    guard !stageLayers.isEmpty else { return }
    let parts = parts
    let sum = stageLayers.reduce(0) { $0 &+ $1 }
    guard stageLayers.count == parts, stageLayers.allSatisfy({ (1...limits.layers).contains($0) }),
      sum == limits.layers
    else {
      throw PlanError(
        "--stage-layers",
        "expected \(parts) numbers of at least 1 that sum to \(limits.layers), found "
          + stageLayers.map(String.init).joined(separator: ","))
    }
  }
}
