import CostModel
import Planner

extension SettingsWriter {
  /// Statements before the settings.
  var preamble: [String] {
    guard framework.language == .python else { return [] }
    let torch = settings.contains { $0.value == .type("bf16") } ? ["import torch"] : []
    let layout =
      closing.isEmpty ? [] : ["from megatron.bridge.models.deepseek.deepseek_v4_bridge import \(Self.layoutFunction)"]
    return torch + layout + [
      "from megatron.bridge.training.mixed_precision import bf16_mixed", "cfg.mixed_precision = bf16_mixed()",
    ]
  }

  /// Statements after the settings.
  ///
  /// - Source: Megatron-Bridge perf_recipes/deepseek/gb300/deepseek_v4.py: stages of a DeepSeek-V4 model.
  var closing: [String] {
    guard framework.hasProvider(of: planner.model), isUneven else { return [] }
    let counts = plan.layersOfParts.map(String.init).joined(separator: ", ")
    return ["\(Self.layoutFunction)(cfg.model, logical_layers_per_stage=[\(counts)])"]
  }

  private static let layoutFunction = "set_deepseek_v4_pipeline_model_parallel_layout"

  /// What is not in the settings and belongs to them.
  var notes: [String] {
    let (setup, layout) = (planner.setup, plan.layout)
    var notes = [
      modelNote,
      "data parallelism has no setting of its own: \(layout.data) is what "
        + "\(layout.data * layout.tensor * layout.pipeline * layout.context) devices leave it",
    ]
    if planner.model.hasExperts {
      notes.append(
        "the plan sends tokens to their experts all to all and multiplies a device's experts together; by default the "
          + "dispatcher gathers all tokens and experts come one after another: so both are set")
    }
    if setup.matrixFormat == .float8 || setup.matrixFormat == .float4 {
      notes.append("the plan does not choose how \(setup.matrixFormat.rawValue) is scaled: add your recipe")
    }
    if setup.zeroStage == .gradients || setup.zeroStage == .weights {
      notes.append(
        "ZeRO stage \(setup.zeroStage.rawValue) is Megatron-FSDP here, with the flags that it requires; "
          + "no published run of it with mHC was found")
    }
    guard hasStreams else { return notes }
    switch framework {
    case .megatronMain:
      notes.append(
        "on the branch dev the first two of the connection are --enable-hyper-connections and "
          + "--num-residual-streams \(setup.streams); --emit megatron-dev has all")
    case .megatronDev where planner.model.isDeepSeekV4:
      notes.append("in a HybridModel a layer is one layer function\(hybridSize)")
    case .megatronBridge where framework.hasProvider(of: planner.model):
      notes.append("DeepSeekV4HybridModelProvider counts layer functions, two a Transformer layer")
      notes.append(
        "the development pin calls the first two of the connection enable_hyper_connections, num_residual_streams")
    case .megatronBridge, .megatronDev: break
    case .mindSpeed:
      if !planner.model.predictionModules.isEmpty, plan.uniformBlockLayers != nil {
        notes.append(
          "its mHC recompute leaves MTP modules out, the plan does not: the last stage holds more than planned")
      }
      if !plan.layout.isSingle {
        notes.append("context parallelism with mHC needs --context-parallel-algo ulysses_cp_algo")
      }
    }
    return notes
  }

  /// Which of a framework's settings are the model's and not the plan's.
  private var modelNote: String {
    let size = framework.needsHybrid(planner.model, streams: hasStreams) ? "hybrid_layer_pattern" : "num_layers"
    guard framework.language == .shell else {
      return "the model's own fields (cfg.model.\(size), hidden_size and the rest) are not here: the recipe has them"
    }
    let flag = String(size.map { $0 == "_" ? "-" : $0 })
    return "the model's own flags (--\(flag), --hidden-size and the rest) are not here: they go beside these"
  }

  /// The size of recompute blocks where a layer is one layer function.
  ///
  /// - Source: Megatron-LM megatron/core/recompute.py, `checkpointed_forward`: it counts the layers of either stack.
  private var hybridSize: String {
    let isFull = planner.setup.layerRecompute == .full
    if let layers = plan.uniformBlockLayers {
      guard isFull else { return ": --mhc-recompute-layer-num \(layers) there" }
      return planner.model.predictionModules.isEmpty
        ? ": --recompute-num-layers \(layers) there"
        : ": --recompute-num-layers 1, as MTP wants, is blocks of half the size there"
    }
    guard isFull, let number = plan.leadingBlocks(ofLayers: 2) else { return "" }
    return ": --recompute-num-layers \(2 * number) there, each block of one layer function"
  }
}

extension Layout {
  /// Whether a sequence stays on one device.
  fileprivate var isSingle: Bool { context == 1 }
}
