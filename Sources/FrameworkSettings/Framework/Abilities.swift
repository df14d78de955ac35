import CostModel
import Planner
import Schedules

/// What a framework can do with n streams, as far as a plan can ask for it.
struct Abilities: Sendable {
  /// Connections it has.
  var connections: Set<Connection>
  /// Levels of fusion it has for mHC, the nearest to the paper's kernels first.
  var fusions: [Fusion]
  /// Pipelines of more than one stage.
  var pipelines: Bool
  /// Orders of passes over the stages.
  var schedules: [ScheduleName]
  /// Whether tensor-parallel devices may each work on all tokens between the products, with streams.
  var wholeTokens: Bool
  /// Multi-token prediction.
  var prediction: Bool
  /// Layer functions run again in whole.
  var fullRecompute: Bool
  /// Streams in fp32.
  var float32Streams: Bool
  /// Moments of the optimizer in bf16.
  var bfloat16Moments: Bool
  /// The highest ZeRO stage.
  var zeroStage: ZeroStage
  /// How its recompute blocks of streams are set.
  var blocks: Blocks
  /// Whether a device's share of a sequence is two pieces of it, one from the front and one from the back.
  var halvesShares: Bool
  /// Why a model cannot be built at all; nil where it can.
  var refusal: String?

  /// How recompute blocks are set.
  enum Blocks: Sendable {
    /// One number of layers for every block of every stage.
    case oneSize
    /// A switch; every Transformer layer is a block.
    case everyTransformerLayer
  }

  /// What the framework can do for a model.
  ///
  /// - Source: Megatron-LM main d98e8a64: `TransformerConfig` refuses mHC with a pipeline, with MTP, with full recompute
  ///   and with fp32 residuals, and wants sequence parallelism beside tensor parallelism; Megatron-LM dev 002526d8: it has a pipeline (PR 2943, PR 4946), MTP and single-pass mHC;
  ///   MindSpeed-LLM 3fede176 `MHCFeature`: needs multi-latent attention, patches the pipeline's message shapes; MindSpeed
  ///   `DualpipeVFeature`. A sequence of a multiple of 2 × context: Megatron-LM megatron/training/arguments.py,
  ///   Megatron-Bridge `ConfigContainer.validate`; MindSpeed asks it of `megatron_cp_algo`, not of
  ///   `ulysses_cp_algo`, its default and mHC's.
  init(_ framework: Framework, _ model: ModelShape) {
    connections = [.residual, .manifold]
    fusions = [.paper, .unfused, .eager]
    pipelines = true
    // Its schedules.py; DualPipeV is MindSpeed's own.
    schedules = [.oneForwardOneBackward, .interleaved]
    wholeTokens = false
    prediction = true
    fullRecompute = true
    float32Streams = false
    bfloat16Moments = true
    zeroStage = .weights
    blocks = .oneSize
    halvesShares = framework != .mindSpeed
    switch framework {
    case .megatronMain:
      (pipelines, prediction, fullRecompute) = (false, false, false)
    case .megatronDev:
      fusions.append(.singlePass)
    case .megatronBridge where framework.hasProvider(of: model):
      fullRecompute = false
      schedules = [.oneForwardOneBackward]
    case .megatronBridge:
      // Over Megatron Core's main branch: its own mHC models (GLM-5 Next) ask for one stage too.
      (pipelines, prediction, fullRecompute) = (false, false, false)
    case .mindSpeed:
      bfloat16Moments = false
      zeroStage = .optimizer
      blocks = .everyTransformerLayer
      wholeTokens = true
      // It refuses tied embeddings under DualPipeV.
      if !model.tiesEmbeddings { schedules.append(.dualPipeV) }
      if !model.hasLatentAttention {
        refusal = "mHC asks for --multi-latent-attention; it is there for DeepSeek-V4 models"
      }
    }
  }

  /// Whether a sequence divides over as many context-parallel devices.
  func takes(_ sequence: Int, over context: Int) -> Bool {
    context == 1 || !halvesShares || sequence % context == 0 && sequence / context % 2 == 0
  }
}
