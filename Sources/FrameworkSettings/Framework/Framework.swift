import CostModel

/// A training framework whose settings a plan can be turned into.
///
/// What a framework can do changes with its revisions; each case stands for the revision that ``revision`` names, whose
/// sources or documentation were read.
public enum Framework: String, CaseIterable, Hashable, Sendable {
  /// Megatron-LM's main branch.
  case megatronMain = "megatron-main"
  /// Megatron-LM's development branches, where mHC came first and under other names.
  case megatronDev = "megatron-dev"
  /// Megatron-Bridge: recipes in Python over Megatron Core.
  case megatronBridge = "megatron-bridge"
  /// MindSpeed-LLM on Ascend.
  case mindSpeed = "mindspeed"

  /// The framework of a name; `megatron` is Megatron-LM's main branch.
  public init?(name: String) {
    guard let framework = Framework(rawValue: name == "megatron" ? "megatron-main" : name) else { return nil }
    self = framework
  }

  /// Every name that ``init(name:)`` takes.
  public static let names = ["megatron"] + allCases.map(\.rawValue)

  /// The name as people write it.
  public var title: String {
    switch self {
    case .megatronMain: "Megatron-LM, branch main"
    case .megatronDev: "Megatron-LM, branch dev"
    case .megatronBridge: "Megatron-Bridge"
    case .mindSpeed: "MindSpeed-LLM"
    }
  }

  /// What was read to know its settings and limits.
  public var revision: String {
    switch self {
    case .megatronMain: "NVIDIA/Megatron-LM d98e8a64 (2026-08-22), megatron/core/transformer/transformer_config.py"
    case .megatronDev: "NVIDIA/Megatron-LM 002526d8, megatron/core/transformer/transformer_config.py"
    case .megatronBridge:
      "NVIDIA-NeMo/Megatron-Bridge, perf_recipes/deepseek/gb300/deepseek_v4.py on Megatron Core dsv4 d211e50e"
    case .mindSpeed:
      "Ascend/MindSpeed-LLM 3fede176, features_manager/transformer/mhc_feature.py, "
        + "docs deepseek4_fine_grained_recompute.md"
    }
  }

  /// The language that its settings are written in.
  public enum Language: Hashable, Sendable {
    /// Flags of a command line, as a bash array.
    case shell
    /// Assignments to a recipe's `cfg`.
    case python
  }

  /// The language that its settings are written in.
  public var language: Language { self == .megatronBridge ? .python : .shell }

  /// Whether it builds the model with its own code for DeepSeek-V4, twice as many layers as the model has blocks.
  ///
  /// - Source: Megatron-Bridge models/deepseek/deepseek_v4_hybrid_provider.py, `DeepSeekV4HybridModelProvider`.
  func hasProvider(of model: ModelShape) -> Bool { self == .megatronBridge && model.isDeepSeekV4 }

  /// Whether experts and streams go together in a HybridModel alone, where a layer is one layer function.
  ///
  /// On Megatron Core's main branch a Transformer layer with mHC refuses experts; a HybridStack wraps layer functions.
  /// - Source: NVIDIA/Megatron-LM PR 4531, review of `HyperConnectionTransformerLayer`;
  ///   megatron/core/models/hybrid/layers/hybrid_hyper_connection.py, `HyperConnectionHybridLayer`.
  func needsHybrid(_ model: ModelShape, streams: Bool) -> Bool {
    let isMain = self == .megatronMain || (self == .megatronBridge && !hasProvider(of: model))
    return isMain && streams && model.hasExperts
  }

  /// Residual layers in one of its layers, the unit of its recompute blocks.
  ///
  /// - Source: Megatron-LM megatron/core/models/hybrid/hybrid_block.py, `_compute_mhc_block_end_plan`: it counts the
  ///   layers of the stack.
  func residualLayers(inLayerOf model: ModelShape, streams: Bool) -> Int {
    hasProvider(of: model) || needsHybrid(model, streams: streams) ? 1 : 2
  }
}

extension ModelShape {
  /// Whether the frameworks' DeepSeek-V4 code builds it.
  var isDeepSeekV4: Bool {
    layers.contains { layer in
      if case .compressed = layer.attention { true } else { false }
    }
  }

  /// Whether keys and values come from a latent, which MindSpeed's mHC asks for.
  var hasLatentAttention: Bool {
    layers.allSatisfy { layer in
      if case .grouped = layer.attention { false } else { true }
    }
  }

  /// Whether any layer has experts.
  var hasExperts: Bool {
    layers.contains { layer in
      if case .mixture = layer.feedForward { true } else { false }
    }
  }
}
