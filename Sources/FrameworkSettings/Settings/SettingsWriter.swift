import CostModel
import Planner
import Schedules

/// Writes the settings of a plan that a framework can run.
struct SettingsWriter {
  let framework: Framework
  let planner: Planner
  let plan: Plan

  init(_ framework: Framework, _ planner: Planner, _ plan: Plan) {
    self.framework = framework
    self.planner = planner
    self.plan = plan
  }

  var hasStreams: Bool { planner.setup.connection != .residual }

  var settings: [Setting] { layout + batch + optimizer + overlap + formats + connection + recompute }

  /// - Source: Megatron-LM megatron/training/arguments.py: the names of sizes; experts are spread over data, tensor and
  ///   context ranks, each expert whole on one device; `moe_token_dispatcher_type` is allgather by default and
  ///   `moe_grouped_gemm` off, in Megatron-LM's `TransformerConfig` and in MindSpeed-LLM's arguments.
  private var layout: [Setting] {
    let layout = plan.layout
    var settings = [Setting("tensor-model-parallel-size", .number(layout.tensor), .layout)]
    if layout.tensor > 1, layout.sequenceParallel { settings.append(Setting("sequence-parallel", .on, .layout)) }
    settings.append(Setting("pipeline-model-parallel-size", .number(layout.pipeline), .layout))
    settings += chunks + stageLayers
    settings.append(Setting("context-parallel-size", .number(layout.context), .layout))
    if planner.model.hasExperts {
      settings += [
        Setting("expert-model-parallel-size", .number(layout.expert), .layout),
        Setting("expert-tensor-parallel-size", .number(1), .layout),
        Setting("moe-token-dispatcher-type", .word("alltoall"), .layout),
        Setting("moe-grouped-gemm", .on, .layout),
      ]
    }
    if !planner.model.predictionModules.isEmpty {
      settings.append(Setting("mtp-num-layers", .number(planner.model.predictionModules.count), .layout))
    }
    return settings
  }

  /// Whether the parts of the model differ, so that the framework has to be told.
  var isUneven: Bool { Set(plan.layersOfParts).count > 1 }

  /// - Source: Megatron-LM TransformerConfig.pipeline_model_parallel_layout: stages between bars, E the embedding, t a
  ///   layer, m an MTP module, L the loss; MindSpeed-LLM features_manager/pipeline_parallel/num_layer_list.py.
  private var stageLayers: [Setting] {
    guard isUneven else { return [] }
    let counts = plan.layersOfParts
    switch framework {
    case .mindSpeed where plan.layout.schedule != .oneForwardOneBackward: return []
    case .mindSpeed:
      return [Setting("num-layer-list", .word(counts.map(String.init).joined(separator: ",")), .layout)]
    case .megatronBridge where framework.hasProvider(of: planner.model): return []
    case .megatronMain, .megatronDev, .megatronBridge:
      var stages = counts.map { "t*\($0)" }
      stages[0] = "E" + stages[0]
      stages[stages.count - 1] += String(repeating: "m", count: planner.model.predictionModules.count) + "L"
      return [Setting("pipeline-model-parallel-layout", .word(stages.joined(separator: "|")), .layout)]
    }
  }

  private var batch: [Setting] {
    [
      Setting("micro-batch-size", .number(plan.layout.microbatch), .batch, in: .train),
      Setting("global-batch-size", .number(plan.layout.globalBatch), .batch, in: .train),
      Setting("seq-length", .number(plan.layout.sequence), .batch),
    ]
  }

  /// - Source: mHC (arXiv:2512.24880) §4.3.1; Megatron-LM TransformerConfig at the revision of ``Framework/revision``;
  ///   MindSpeed-LLM features_manager/transformer/mhc_feature.py.
  private var connection: [Setting] {
    guard hasStreams else { return [] }
    let (streams, iterations) = (planner.setup.streams, planner.model.sinkhornIterations)
    let isFused = planner.setup.fusion == .paper || planner.setup.fusion == .singlePass
    let names =
      switch framework {
      case .megatronMain, .megatronBridge:
        ("enable-mhc-connections", "mhc-num-residual-streams", "mhc-sinkhorn-iterations")
      case .megatronDev: ("enable-hyper-connections", "num-residual-streams", "mhc-sinkhorn-iterations")
      case .mindSpeed: ("enable-mhc", "hc-mult", "hc-sinkhorn-iters")
      }
    var settings = [
      Setting(names.0, .on, .connection), Setting(names.1, .number(streams), .connection),
      Setting(names.2, .number(iterations), .connection),
    ]
    if planner.setup.fusion == .singlePass { settings.append(Setting("mhc-single-pass", .on, .connection)) }
    if isFused { settings.append(Setting("use-fused-mhc", .on, .connection)) }
    return settings
  }

  /// What the framework cannot be told, and why.
  var refusals: [(asked: String, reason: String)] {
    var refusals: [(String, String)] = []
    let setup = planner.setup
    if setup.matrixFormat == .float32 || setup.matrixFormat == .tensorFloat32 || setup.weightFormat == .float32 {
      refusals.append(
        (
          "matrix products in \(setup.matrixFormat.rawValue), weights in \(setup.weightFormat.rawValue)",
          "one format holds for weights and products alike: the settings are those of bf16"
        ))
    }
    if hasStreams, setup.fusion == .unfused || setup.fusion == .eager {
      // Its own kernels without fusion are compiled by torch.compile, which the levels of fusion here do not have.
      refusals.append(
        (
          "kernels '\(setup.fusion.rawValue)'",
          "without its fused kernels it compiles each operation: between 'unfused' and 'paper'"
        ))
    }
    return refusals + partRefusals
  }
}
