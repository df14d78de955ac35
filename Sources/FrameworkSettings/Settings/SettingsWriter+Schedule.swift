import CostModel
import Planner
import Quantities
import Schedules

// The order of passes, and what runs beside computing.

extension SettingsWriter {
  private var schedule: ScheduleName { plan.layout.schedule }

  /// Chunks of the model on a stage.
  ///
  /// A layout of stages says by its length how many there are; Megatron-Bridge wants the number beside it.
  /// - Source: Megatron-LM megatron/training/arguments.py, `num_virtual_stages_per_pipeline_rank`; MindSpeed
  ///   features_manager/pipeline_parallel/dualpipev_feature.py, `--schedules-method`.
  var chunks: [Setting] {
    guard plan.layout.pipeline > 1 else { return [] }
    switch (schedule, framework) {
    case (.dualPipeV, _): return [Setting("schedules-method", .word("dualpipev"), .layout)]
    case (.interleaved, .megatronBridge):
      return [Setting("virtual-pipeline-model-parallel-size", .number(plan.layout.chunks), .layout)]
    case (.interleaved, .mindSpeed):
      return isUneven
        ? [] : [Setting("num-layers-per-virtual-pipeline-stage", .number(plan.layersOfParts[0]), .layout)]
    case (.interleaved, _):
      return isUneven ? [] : [Setting("num-virtual-stages-per-pipeline-rank", .number(plan.layout.chunks), .layout)]
    default: return []
    }
  }

  /// - Source: Megatron-LM megatron/training/arguments.py: `--overlap-param-gather` with a distributed optimizer and
  ///   `--overlap-grad-reduce` only; MindSpeed `DualpipeVFeature` refuses the latter, `MoEFwdBwdOverlapFeature` has the
  ///   exchange of tokens beside the other microbatch.
  var overlap: [Setting] {
    let (setup, layout) = (planner.setup, plan.layout)
    guard setup.overlap.overlapsCommunication else {
      guard layout.pipeline > 1, schedule == .interleaved else { return [] }
      return framework.language == .python
        ? [Setting("overlap-p2p-comm", .off, .overlap)] : [Setting("no-overlap-p2p-communication", .on, .overlap)]
    }
    if schedule == .dualPipeV, layout.pipeline > 1 {
      return layout.expert > 1 ? [Setting("moe-fb-overlap", .on, .overlap)] : []
    }
    guard layout.data * layout.context > 1 else { return [] }
    var settings = [Setting("overlap-grad-reduce", .on, .overlap, in: .ddp)]
    if setup.zeroStage != .none, setup.optimizer != .muon {
      settings.append(Setting("overlap-param-gather", .on, .overlap, in: .ddp))
    }
    return settings
  }

  /// Parts of the model that MindSpeed divides in its own way.
  var partRefusals: [(asked: String, reason: String)] {
    guard framework == .mindSpeed, isUneven, plan.layout.pipeline > 1, schedule != .oneForwardOneBackward else {
      return []
    }
    return [
      (
        "parts of \(plan.layersOfParts.map(String.init).joined(separator: " ")) layers",
        "under \(schedule.rawValue) it divides the layers evenly and rounds down: pad the model with --noop-layers"
      )
    ]
  }

  /// What the plan counts on and the framework does not do, and the other way round, in seconds of a step.
  ///
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  func messageNotes() throws -> [String] {
    let rows = try planner.communication(of: plan)
    func row(_ kind: CommunicationTime.Kind) -> CommunicationTime? { rows.first { $0.kind == kind } }
    var notes: [String] = []
    if let pipeline = row(.pipeline), schedule == .oneForwardOneBackward, Self.isWorthwhile(pipeline.hidden.value) {
      notes.append(
        "its 1F1B without chunks waits for every message between stages, of which the plan hides "
          + "\(Self.text(pipeline.hidden.value)) a step")
    }
    if let data = row(.data), schedule == .dualPipeV, Self.isWorthwhile(data.hidden.value) {
      notes.append(
        "its DualPipeV refuses --overlap-grad-reduce: the plan hides \(Self.text(data.hidden.value)) of gradients and "
          + "weights a step")
    }
    if let tensor = row(.tensor), framework != .mindSpeed, plan.layout.sequenceParallel,
      Self.isWorthwhile(tensor.exposed.value)
    {
      notes.append(
        "\(name("tp-comm-overlap", "comm_overlap.tp_comm_overlap")) would hide some of the "
          + "\(Self.text(tensor.exposed.value)) of tensor messages that the plan waits for: Transformer Engine's, which the "
          + "plan does not model")
    }
    if let expert = row(.expert), Self.isWorthwhile(expert.exposed.value) { notes.append(expertNote(expert)) }
    return notes
  }

  /// - Source: Megatron-LM `TransformerConfig`, checks of `overlap_moe_expert_parallel_comm`; NVIDIA/Megatron-LM PR 5471.
  private func expertNote(_ expert: CommunicationTime) -> String {
    let seconds = Self.text(expert.exposed.value)
    if framework == .mindSpeed {
      return schedule == .dualPipeV
        ? "\(seconds) of expert messages are left that the plan waits for, --moe-fb-overlap and all"
        : "--moe-fb-overlap would hide some of the \(seconds) of expert messages that the plan waits for; it is not "
          + "together with --overlap-grad-reduce"
    }
    let needsChunks = plan.layout.pipeline > 1 && schedule != .interleaved
    return name("overlap-moe-expert-parallel-comm", "comm_overlap.overlap_moe_expert_parallel_comm")
      + " would hide some of the \(seconds) of expert messages that the plan waits for: it pairs passes of two "
      + "microbatches, which the plan does under dualpipe alone, and wants no full recompute, at most one MTP module"
      + (needsChunks ? ", and chunks: --schedule interleaved" : "")
      + (hasStreams && framework == .megatronMain ? "; on main it has not met mHC, on dev it has (PR 5471)" : "")
  }

  private func name(_ flag: String, _ field: String) -> String {
    framework.language == .python ? "cfg.\(field)" : "--\(flag)"
  }

  private static func isWorthwhile(_ seconds: Double) -> Bool { seconds >= 1e-4 }

  private static func text(_ seconds: Double) -> String {
    let isLong = seconds >= 1
    let tenths = Int((min(seconds, 1e12) * (isLong ? 10 : 1e4)).rounded())
    return "\(tenths / 10).\(tenths % 10) \(isLong ? "s" : "ms")"
  }
}
