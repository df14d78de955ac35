import CostModel
import Planner
import Quantities
import Testing

@testable import FrameworkSettings

@Suite struct `Layer functions run again in whole` {
  /// A case on the development branch, which has full recompute with mHC.
  private static func full(
    _ model: String, on hardware: String = "h200", pipeline: Int = 1, _ recompute: StreamRecompute
  ) -> Case {
    var example = Case(model, on: hardware, pipeline: pipeline, expert: 8, recompute: recompute)
    example.setup.layerRecompute = .full
    return example
  }

  @Test func `layer by layer at the front of a chunk are recompute_method block`() throws {
    // 3 Transformer layers are 3 blocks of 2 residual layers.
    let found = try Self.full("mhc-27b", pipeline: 2, .leading(blocks: 3, ofLayers: 2)).settings(.megatronDev)
    #expect(
      found.lines.suffix(3) == [
        "--recompute-granularity full", "--recompute-method block", "--recompute-num-layers 3",
      ])
    #expect(found.compromises.isEmpty)
    // As many as there are is every layer: one of them a block.
    let all = try Self.full("mhc-27b", pipeline: 2, .leading(blocks: 99, ofLayers: 2)).settings(.megatronDev)
    #expect(all.lines.suffix(2) == ["--recompute-method uniform", "--recompute-num-layers 1"])
    // Two Transformer layers a block are not its form.
    let wide = try Self.full("mhc-27b", pipeline: 2, .leading(blocks: 3, ofLayers: 4)).settings(.megatronDev)
    #expect(wide.compromises.count { $0.asked.hasPrefix("recompute blocks 4 4 4, 18 layers stored") } == 1)
  }

  @Test func `in a plan of its own blocks become the fastest that fits, of one size or at the front`() throws {
    let example = Self.full("mhc-27b", on: "a100-80gb", .auto)
    let asked = try example.planner().plan(example.layout)
    // Some layers are stored: the question is how many of the others.
    #expect(asked.heaviest.storedLayers > 0 && !asked.heaviest.blocks.isEmpty)
    var fastest = Double.infinity
    for size in 1...30 {
      for policy in [StreamRecompute.blocks(ofLayers: 2 * size), .leading(blocks: size, ofLayers: 2)] {
        var tried = example
        tried.setup.streamRecompute = policy
        let plan = try tried.planner().plan(tried.layout)
        if plan.verdict.fits { fastest = min(fastest, plan.time.step.expected.value) }
      }
    }
    let found = try example.settings(.megatronDev)
    #expect(found.nearest.time.step.expected.value == fastest)
    #expect(found.lines.contains("--recompute-method block"))
    #expect(found.compromises.count == 1)
  }

  @Test func `with MTP are one layer a block, or leave MTP out`() throws {
    // Megatron-LM multi_token_prediction.py: "recompute_num_layers must be 1 for MTP recompute"; none under block.
    let one = try Self.full("deepseek-v3", pipeline: 4, .blocks(ofLayers: 2)).settings(.megatronDev)
    #expect(one.compromises.isEmpty && one.lines.last == "--recompute-num-layers 1")
    let two = try Self.full("deepseek-v3", pipeline: 4, .blocks(ofLayers: 4)).settings(.megatronDev)
    #expect(two.compromises.count { $0.reason.contains("with MTP 1") } == 1)
    #expect(two.lines.contains("--recompute-method block") || two.lines.last == "--recompute-num-layers 1")
    let front = try Self.full("deepseek-v3", pipeline: 4, .leading(blocks: 99, ofLayers: 2)).settings(.megatronDev)
    // 61 layers and MTP in 4 stages: the last one's two residual layers of MTP are stored.
    #expect(front.compromises.isEmpty)
    #expect(front.nearest.stages.map(\.storedLayers) == [0, 0, 0, 2])
    #expect(front.lines.contains("--recompute-method block"))
    var without = Self.full("deepseek-v3", pipeline: 4, .blocks(ofLayers: 4))
    without.withoutPrediction = true
    let free = try without.settings(.megatronDev)
    #expect(free.compromises.isEmpty && free.lines.last == "--recompute-num-layers 2")
  }

  @Test func `have their own name in a HybridModel, whose layers are layer functions`() throws {
    func hint(_ recompute: StreamRecompute, prediction: Bool = true, level: RecomputeLevel = .full) throws -> String {
      var example = Case("deepseek-v4-flash", on: "gb300", data: 64, expert: 64, recompute: recompute)
      (example.setup.layerRecompute, example.withoutPrediction) = (level, !prediction)
      let found = try example.settings(.megatronDev)
      return try #require(found.notes.first { $0.hasPrefix("in a HybridModel") })
    }
    #expect(try hint(.blocks(ofLayers: 6), level: .none).hasSuffix("function: --mhc-recompute-layer-num 6 there"))
    #expect(try hint(.blocks(ofLayers: 6), prediction: false).hasSuffix("function: --recompute-num-layers 6 there"))
    #expect(try hint(.blocks(ofLayers: 2)).contains("--recompute-num-layers 1, as MTP wants"))
    // 5 Transformer layers are 10 layer functions.
    #expect(try hint(.leading(blocks: 5, ofLayers: 2)).contains("--recompute-num-layers 10 there"))
    #expect(try !hint(.blocks(ofLayers: 6), prediction: false).contains("mhc-recompute"))
  }
}
