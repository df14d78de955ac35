import CostModel
import Planner
import Testing

@testable import FrameworkSettings

@Suite struct `The settings of a model with experts` {
  @Test(arguments: Framework.allCases) func `send tokens as the plan does, streams or not`(framework: Framework) throws
  {
    // Megatron-LM's defaults are allgather and no grouped products: TransformerConfig, moe_token_dispatcher_type.
    let expected =
      framework == .megatronBridge
      ? ["cfg.model.moe_token_dispatcher_type = \"alltoall\"", "cfg.model.moe_grouped_gemm = True"]
      : ["--moe-token-dispatcher-type alltoall", "--moe-grouped-gemm"]
    var plain = Case("mhc-27b", expert: 8)
    plain.setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused)
    for example in [Case("mhc-27b", expert: 8), Case("mhc-27b"), plain] {
      let found = try example.settings(framework)
      #expect(found.lines.filter { $0.contains("dispatcher") || $0.contains("grouped") } == expected)
      #expect(found.notes.contains { $0.contains("all to all") })
    }
    let dense = try Case("llama-3-8b").settings(framework)
    #expect(!dense.lines.contains { $0.contains("moe") } && !dense.notes.contains { $0.contains("all to all") })
  }

  @Test(arguments: [Framework.megatronMain, .megatronBridge])
  func `are a HybridModel's over Megatron Core's main branch, and say so`(framework: Framework) throws {
    let asked = "experts in a Transformer layer with mHC"
    let found = try Case("mhc-27b", expert: 8, recompute: .blocks(ofLayers: 3)).settings(framework)
    let item = try #require(found.compromises.first { $0.asked == asked })
    // 30 Transformer layers (Table 5) are 60 layer functions; a block of 3 of them is no number of Transformer layers.
    #expect(item.nearest?.contains("its 60 layers one layer function each") == true)
    #expect(item.peakBytes == 0 && item.stepFraction == 0)
    #expect(found.compromises.count == 1)
    let size = try #require(found.lines.last)
    #expect(["--mhc-recompute-layer-num 3", "cfg.model.mhc_recompute_layer_num = 3"].contains(size))

    var plain = Case("mhc-27b", expert: 8)
    plain.setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused)
    #expect(try plain.settings(framework).compromises.isEmpty)
    let dense = try Case("llama-3-8b", recompute: .blocks(ofLayers: 6)).settings(framework)
    #expect(dense.compromises.isEmpty)
    #expect(dense.lines.last?.hasSuffix(" 3") == true)
  }

  @Test func `are a Transformer layer's elsewhere`() throws {
    let example = Case("mhc-27b", expert: 8, recompute: .blocks(ofLayers: 2))
    #expect(try example.settings(.megatronDev).compromises.isEmpty)
    #expect(try example.settings(.mindSpeed).compromises.isEmpty)
    // Megatron-Bridge's own DeepSeek-V4 is such a model already: nothing is given up.
    let own = Case("deepseek-v4-flash", on: "gb300", data: 64, expert: 64, recompute: .blocks(ofLayers: 6))
    #expect(try own.settings(.megatronBridge).compromises.isEmpty)
  }
}
