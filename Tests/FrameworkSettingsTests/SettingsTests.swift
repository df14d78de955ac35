import CostModel
import FrameworkSettings
import Planner
import Schedules
import Testing

@Suite struct `The settings of a plan` {
  @Test func `are every size of it and nothing else, in Megatron-LM's names`() throws {
    // Written by hand from the layout and the names in megatron/training/arguments.py.
    let expected = [
      "--tensor-model-parallel-size 2", "--sequence-parallel", "--pipeline-model-parallel-size 1",
      "--context-parallel-size 1", "--expert-model-parallel-size 8", "--expert-tensor-parallel-size 1",
      "--moe-token-dispatcher-type alltoall", "--moe-grouped-gemm",
      "--micro-batch-size 1", "--global-batch-size 64", "--seq-length 4096", "--optimizer adam",
      "--use-distributed-optimizer", "--overlap-grad-reduce", "--overlap-param-gather", "--bf16",
      "--enable-mhc-connections", "--mhc-num-residual-streams 4",
      "--mhc-sinkhorn-iterations 20", "--use-fused-mhc", "--recompute-granularity selective",
      "--recompute-modules mhc", "--mhc-recompute-layer-num 10",
    ]
    // 10 residual layers are 10 layers of a HybridModel, which experts ask for.
    let found = try Case("mhc-27b", data: 8, tensor: 2, expert: 8, recompute: .blocks(ofLayers: 10)).settings(
      .megatronMain)
    #expect(found.lines == expected)
    #expect(found.compromises.map(\.asked) == ["experts in a Transformer layer with mHC"])
    #expect(found.nearest.peak == found.asked.peak)
  }

  @Test func `name the connection as each framework does`() throws {
    let named: [(Framework, String, [String])] = [
      (
        .megatronMain, "mhc-27b",
        ["--enable-mhc-connections", "--mhc-num-residual-streams 4", "--mhc-sinkhorn-iterations 20"]
      ),
      (
        .megatronDev, "mhc-27b",
        ["--enable-hyper-connections", "--num-residual-streams 4", "--mhc-sinkhorn-iterations 20"]
      ),
      (.mindSpeed, "mhc-27b", ["--enable-mhc", "--hc-mult 4", "--hc-sinkhorn-iters 20"]),
      (
        .megatronBridge, "mhc-27b",
        [
          "cfg.model.enable_mhc_connections = True", "cfg.model.mhc_num_residual_streams = 4",
          "cfg.model.mhc_sinkhorn_iterations = 20",
        ]
      ),
    ]
    for (framework, model, expected) in named {
      let lines = try Case(model).settings(framework).lines
      for line in expected { #expect(lines.contains(line), "\(framework)") }
      #expect(lines.contains { $0.contains("use-fused-mhc") || $0.contains("use_fused_mhc") })
    }
  }

  @Test(arguments: Framework.allCases) func `of a residual say nothing of streams`(framework: Framework) throws {
    var plain = Case("llama-3-8b", data: 8, tensor: 2, pipeline: 2)
    plain.setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused)
    let found = try plain.settings(framework)
    #expect(!found.lines.contains { $0.contains("mhc") || $0.contains("hc-") || $0.contains("residual") })
    // What frameworks refuse, they refuse together with mHC.
    #expect(found.compromises.isEmpty)
    #expect(found.lines.contains { $0.hasSuffix("pipeline-model-parallel-size 2") || $0.hasSuffix("size = 2") })
  }

  @Test func `give uneven stages as each framework takes them`() throws {
    // 30 layers in stages of 9, 8, 7 and 6.
    let uneven = Case("mhc-27b", pipeline: 4, expert: 8, stageLayers: [9, 8, 7, 6])
    #expect(
      try uneven.settings(.megatronDev).lines.contains("--pipeline-model-parallel-layout 'Et*9|t*8|t*7|t*6L'"))
    #expect(try uneven.settings(.mindSpeed).lines.contains("--num-layer-list 9,8,7,6"))
    // 61 blocks and an MTP module, which stands before the loss.
    let prediction = Case("deepseek-v4-pro", on: "gb300", data: 64, pipeline: 2, expert: 64, stageLayers: [31, 30])
    let dev = try prediction.settings(.megatronDev)
    #expect(dev.lines.contains("--pipeline-model-parallel-layout 'Et*31|t*30mL'"))
    #expect(dev.lines.contains("--mtp-num-layers 1"))
    let bridge = try prediction.settings(.megatronBridge)
    #expect(
      bridge.closing == ["set_deepseek_v4_pipeline_model_parallel_layout(cfg.model, logical_layers_per_stage=[31, 30])"]
    )
    #expect(
      bridge.preamble.contains {
        $0.hasPrefix("from ") && $0.hasSuffix("set_deepseek_v4_pipeline_model_parallel_layout")
      })
    // Equal stages are the default.
    let even = try Case("mhc-27b", pipeline: 2, expert: 8).settings(.megatronDev)
    #expect(!even.lines.contains { $0.contains("layout") })
  }

  @Test func `say how many chunks a stage has, as each framework does`() throws {
    // 32 layers in 8 parts of 4.
    var even = Case("llama-3-8b", pipeline: 4)
    even.setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused)
    (even.layout.schedule, even.layout.chunks) = (.interleaved, 2)
    #expect(try even.settings(.megatronMain).lines.contains("--num-virtual-stages-per-pipeline-rank 2"))
    #expect(try even.settings(.mindSpeed).lines.contains("--num-layers-per-virtual-pipeline-stage 4"))
    #expect(
      try even.settings(.megatronBridge).lines.contains("cfg.model.virtual_pipeline_model_parallel_size = 2"))
    for framework in Framework.allCases {
      let found = try even.settings(framework)
      #expect(found.compromises.isEmpty && !found.lines.contains { $0.contains("layout") })
    }
    // 30 layers in 8 parts: the layout's length says how many.
    var uneven = Case("mhc-27b", pipeline: 4, expert: 8, stageLayers: [4, 4, 4, 4, 4, 4, 3, 3])
    (uneven.layout.schedule, uneven.layout.chunks) = (.interleaved, 2)
    let dev = try uneven.settings(.megatronDev)
    #expect(dev.lines.contains("--pipeline-model-parallel-layout 'Et*4|t*4|t*4|t*4|t*4|t*4|t*3|t*3L'"))
    #expect(!dev.lines.contains { $0.contains("virtual") } && dev.compromises.isEmpty)
    #expect(try uneven.settings(.mindSpeed).compromises.contains { $0.reason.contains("noop") && $0.nearest == nil })
  }

  @Test func `let run beside computing what the plan lets run, and no more`() throws {
    var folded = Case("mhc-27b", pipeline: 5, expert: 8)
    folded.layout.globalBatch = 80
    folded.layout.schedule = .dualPipeV
    let lines = try folded.settings(.mindSpeed).lines
    #expect(lines.contains("--schedules-method dualpipev") && lines.contains("--moe-fb-overlap"))
    // It refuses to have both.
    #expect(!lines.contains { $0.contains("overlap-grad-reduce") })
    #expect(try folded.settings(.mindSpeed).compromises.allSatisfy { $0.asked.hasPrefix("recompute") })

    var waiting = Case("llama-3-8b", pipeline: 4)
    waiting.setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused)
    waiting.setup.overlap.overlapsCommunication = false
    #expect(try !waiting.settings(.megatronMain).lines.contains { $0.contains("overlap") })
    (waiting.layout.schedule, waiting.layout.chunks) = (.interleaved, 2)
    #expect(try waiting.settings(.megatronMain).lines.contains("--no-overlap-p2p-communication"))
    #expect(try waiting.settings(.megatronBridge).lines.contains("cfg.model.overlap_p2p_comm = False"))

    var plain = Case("llama-3-8b")
    plain.setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused, zeroStage: .none)
    #expect(try plain.settings(.megatronMain).lines.contains("--overlap-grad-reduce"))
    #expect(try !plain.settings(.megatronMain).lines.contains("--overlap-param-gather"))
    plain.layout = Layout(sequence: 4096, globalBatch: 8)
    #expect(try !plain.settings(.megatronMain).lines.contains { $0.contains("overlap") })
  }

  @Test func `count recompute blocks in the framework's own layers`() throws {
    let blocks = Case("deepseek-v4-flash", on: "gb300", data: 64, expert: 64, recompute: .blocks(ofLayers: 6))
    #expect(try blocks.settings(.megatronDev).lines.contains("--mhc-recompute-layer-num 3"))
    #expect(try blocks.settings(.megatronBridge).lines.contains("cfg.model.mhc_recompute_layer_num = 6"))
  }

  @Test func `hold the formats and the optimizer`() throws {
    var case8 = Case("mhc-27b")
    case8.setup.matrixFormat = .float8
    case8.setup.weightFormat = .float8
    case8.setup.gradientFormat = .bfloat16
    case8.setup.optimizer = .adamWBFloat16
    let lines = try case8.settings(.megatronMain).lines
    for line in [
      "--fp8-format e4m3", "--fp8-param-gather", "--grad-reduce-in-bf16", "--use-precision-aware-optimizer",
      "--exp-avg-dtype bf16", "--exp-avg-sq-dtype bf16",
    ] { #expect(lines.contains(line)) }
    let bridge = try case8.settings(.megatronBridge)
    #expect(bridge.lines.contains("cfg.mixed_precision.grad_reduce_in_fp32 = False"))
    #expect(bridge.lines.contains("cfg.optimizer.exp_avg_dtype = torch.bfloat16"))
    #expect(bridge.preamble.first == "import torch")

    var muon = Case("mhc-27b")
    muon.setup.optimizer = .muon
    #expect(try muon.settings(.megatronMain).lines.contains("--optimizer dist_muon"))
    #expect(try !muon.settings(.megatronMain).lines.contains("--use-distributed-optimizer"))
    #expect(try muon.settings(.mindSpeed).lines.contains("--optimizer muon"))
    #expect(try muon.settings(.mindSpeed).lines.contains("--use-distributed-optimizer"))
    muon.setup.zeroStage = .none
    #expect(try muon.settings(.megatronMain).lines.contains("--optimizer muon"))

    var sharded = Case("mhc-27b")
    sharded.setup.zeroStage = .weights
    let shared = try sharded.settings(.megatronMain).lines
    #expect(shared.contains("--data-parallel-sharding-strategy optim_grads_params"))
    #expect(shared.contains("--use-megatron-fsdp"))
  }

  @Test func `run layer functions again where the plan does`() throws {
    var full = Case("mhc-27b", recompute: .blocks(ofLayers: 4))
    full.setup.layerRecompute = .full
    let lines = try full.settings(.megatronDev).lines
    #expect(
      lines.suffix(3) == ["--recompute-granularity full", "--recompute-method uniform", "--recompute-num-layers 2"])
    var core = Case("mhc-27b", recompute: .blocks(ofLayers: 4))
    core.setup.layerRecompute = .attention
    #expect(try core.settings(.megatronMain).lines.contains("--recompute-modules mhc core_attn"))
  }
}
