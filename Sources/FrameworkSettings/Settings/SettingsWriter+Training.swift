import CostModel
import Planner

// Optimizer, formats and recompute.

extension SettingsWriter {
  /// - Source: Megatron-LM megatron/training/arguments.py; Megatron-FSDP's README: its required flags; a layer-wise
  ///   distributed optimizer where Muon's state is sharded.
  var optimizer: [Setting] {
    let setup = planner.setup
    let isMuon = setup.optimizer == .muon
    let name = isMuon ? muonName : "adam"
    var settings = [Setting("optimizer", .word(name), .optimizer, in: .optimizer)]
    if setup.optimizer == .adamWBFloat16 {
      settings += [
        Setting("use-precision-aware-optimizer", .on, .optimizer, in: .optimizer),
        Setting("exp-avg-dtype", .type("bf16"), .optimizer, in: .optimizer),
        Setting("exp-avg-sq-dtype", .type("bf16"), .optimizer, in: .optimizer),
      ]
    }
    if setup.zeroStage != .none { settings += sharded(isMuon: isMuon) }
    if setup.zeroStage == .gradients || setup.zeroStage == .weights {
      let strategy = setup.zeroStage == .gradients ? "optim_grads" : "optim_grads_params"
      settings += [
        Setting("use-megatron-fsdp", .on, .optimizer, in: .ddp),
        Setting("data-parallel-sharding-strategy", .word(strategy), .optimizer, in: .ddp),
      ]
      if framework.language == .shell {
        settings += [
          Setting("no-gradient-accumulation-fusion", .on, .optimizer),
          Setting("ckpt-format", .word("fsdp_dtensor"), .optimizer),
        ]
      }
    }
    return settings
  }

  /// Muon with its state shared: a name of its own in Megatron-LM, the ordinary switch in MindSpeed.
  ///
  /// - Source: Megatron-LM megatron/training/arguments.py, `dist_muon`; MindSpeed docs/en/features/muon-optimizer.md.
  private var muonName: String {
    let isShared = planner.setup.zeroStage != .none
    return isShared && (framework == .megatronMain || framework == .megatronDev) ? "dist_muon" : "muon"
  }

  /// Optimizer state shared by data-parallel devices.
  private func sharded(isMuon: Bool) -> [Setting] {
    switch framework {
    case .megatronMain where isMuon, .megatronDev where isMuon: return []
    case .megatronBridge where isMuon:
      return [
        Setting("use-layer-wise-distributed-optimizer", .on, .optimizer, in: .optimizer),
        Setting("use-distributed-optimizer", .off, .optimizer, in: .optimizer),
      ]
    case .megatronBridge:
      return [
        Setting("use-distributed-optimizer", .on, .optimizer, in: .optimizer),
        Setting("use-distributed-optimizer", .on, .optimizer, in: .ddp),
      ]
    case .megatronMain, .megatronDev, .mindSpeed:
      return [Setting("use-distributed-optimizer", .on, .optimizer, in: .ddp)]
    }
  }

  /// - Source: Megatron-LM megatron/training/arguments.py: gradients are summed in fp32 with `--bf16` unless
  ///   `--grad-reduce-in-bf16`; `fp8`, `fp4` and `fp8_param_gather` of `TransformerConfig` and the optimizer.
  var formats: [Setting] {
    let setup = planner.setup
    let isPython = framework.language == .python
    func own(_ flag: String, _ field: String) -> String { isPython ? field : flag }
    let section: Setting.Section = isPython ? .mixedPrecision : .model
    // Megatron-Bridge has a whole configuration of formats, which the preamble makes.
    var settings = isPython ? [] : [Setting("bf16", .on, .formats)]
    if setup.gradientFormat == .bfloat16 {
      settings.append(
        isPython
          ? Setting("grad-reduce-in-fp32", .off, .formats, in: section)
          : Setting("grad-reduce-in-bf16", .on, .formats))
    }
    switch setup.matrixFormat {
    case .float8: settings.append(Setting(own("fp8-format", "fp8"), .word("e4m3"), .formats, in: section))
    case .float4: settings.append(Setting(own("fp4-format", "fp4"), .word("e2m1"), .formats, in: section))
    case .bfloat16, .float32, .tensorFloat32: break
    }
    if setup.weightFormat == .float8 {
      settings.append(Setting("fp8-param-gather", .on, .formats, in: section))
    }
    return settings
  }

  /// - Source: mHC (arXiv:2512.24880) §4.3.2; Megatron-LM `recompute_modules` and `mhc_recompute_layer_num`;
  ///   MindSpeed-LLM docs deepseek4_fine_grained_recompute.md.
  var recompute: [Setting] {
    let level = planner.setup.layerRecompute
    let size = plan.uniformBlockLayers
    let unit = framework.residualLayers(inLayerOf: planner.model, streams: hasStreams)
    let layers = size.map { max(1, $0 / unit) }
    if level == .full {
      let leading = plan.leadingBlocks(ofLayers: unit)
      guard let number = layers ?? leading else { return [] }
      return [
        Setting("recompute-granularity", .word("full"), .recompute),
        Setting("recompute-method", .word(layers == nil ? "block" : "uniform"), .recompute),
        Setting("recompute-num-layers", .number(number), .recompute),
      ]
    }
    let isMindSpeed = framework == .mindSpeed
    let streams = hasStreams && layers != nil
    let modules = (streams && !isMindSpeed ? ["mhc"] : []) + (level == .attention ? ["core_attn"] : [])
    var settings: [Setting] = []
    if !modules.isEmpty {
      settings += [
        Setting("recompute-granularity", .word("selective"), .recompute),
        Setting("recompute-modules", .words(modules), .recompute),
      ]
    }
    if streams, let layers {
      settings.append(
        isMindSpeed
          ? Setting("mhc-recompute", .on, .recompute)
          : Setting("mhc-recompute-layer-num", .number(layers), .recompute))
    }
    return settings
  }
}
