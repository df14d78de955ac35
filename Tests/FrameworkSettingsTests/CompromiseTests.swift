import CostModel
import Planner
import Quantities
import Schedules
import Testing

@testable import FrameworkSettings

@Suite struct `What a framework cannot do` {
  /// Plans with something in them for every framework to refuse.
  static let cases: [Case] = {
    var full = Case("mhc-9b", pipeline: 2, expert: 8)
    full.setup.layerRecompute = .full
    var wide = Case("mhc-27b", expert: 8, recompute: .blocks(ofLayers: 3))
    wide.setup.precision = Precision(stream: .float32)
    wide.setup.fusion = .twoPass
    wide.setup.coefficients = .recomputed
    var hyper = Case("llama-3-8b", on: "a100-80gb", recompute: .uneven)
    hyper.setup = TrainingSetup(connection: .hyper, streams: 4, fusion: .unfused, zeroStage: .weights)
    var paired = Case("mhc-27b", data: 8, pipeline: 2, expert: 8)
    paired.layout.schedule = .dualPipe
    var whole = Case("mhc-9b", tensor: 2, pipeline: 2, expert: 4)
    (whole.layout.schedule, whole.layout.sequenceParallel) = (.zeroBubbleV, false)
    return [
      full, wide, hyper, Case("mhc-27b", on: "a100-80gb", pipeline: 4, expert: 8, recompute: .uneven),
      Case("deepseek-v4-flash", on: "b200", data: 64, pipeline: 4, expert: 64), paired, whole,
    ]
  }()

  @Test(arguments: cases, Framework.allCases) func `is told, and its costs add up to the whole difference`(
    example: Case, framework: Framework
  ) throws {
    let found = try example.settings(framework)
    let bytes = found.compromises.reduce(0) { $0 + $1.peakBytes }
    #expect(bytes == found.nearest.peak.count - found.asked.peak.count)
    let factor = found.compromises.reduce(1.0) { $0 * (1 + $1.stepFraction) }
    let whole = found.nearest.time.step.expected.value / found.asked.time.step.expected.value
    #expect(abs(factor / whole - 1) < 1e-12)
    for item in found.compromises {
      #expect(!item.asked.isEmpty && !item.reason.isEmpty)
      if item.nearest == nil { #expect(item.after.peak == item.before.peak) }
    }
    // What is set is a plan on the same devices for the same batch.
    #expect(try found.nearest.layout.devices == found.asked.layout.devices)
    #expect(found.nearest.layout.globalBatch == found.asked.layout.globalBatch)
  }

  @Test func `of schedules gives way to the fastest that it has`() throws {
    var asked = Case("mhc-27b", pipeline: 2, expert: 8, recompute: .blocks(ofLayers: 2))
    asked.layout.schedule = .zeroBubbleV
    let found = try asked.settings(.megatronDev)
    var fastest = Double.infinity
    for chunks in 1...8 {
      var tried = asked
      (tried.layout.schedule, tried.layout.chunks) = (chunks == 1 ? .oneForwardOneBackward : .interleaved, chunks)
      guard let plan = try? tried.planner().plan(tried.layout), plan.verdict.fits else { continue }
      fastest = min(fastest, plan.time.step.expected.value)
    }
    #expect(found.compromises.map(\.asked) == ["the schedule zb-v"])
    #expect(found.nearest.time.step.expected.value == fastest)
    #expect([.oneForwardOneBackward, .interleaved].contains(found.nearest.layout.schedule))
  }

  @Test func `in recompute is the block size that brute force finds`() throws {
    // Uneven blocks asked for, so that memory decides; 60 residual layers in one stage.
    let example = Case("mhc-27b", expert: 8, recompute: .uneven)
    let found = try example.settings(.megatronDev)
    var least = (size: 0, peak: Bytes(.max))
    for size in 1...30 {
      var tried = example
      tried.setup.streamRecompute = .blocks(ofLayers: 2 * size)
      let peak = try tried.planner().plan(tried.layout).peak
      if peak < least.peak { least = (size, peak) }
    }
    #expect(found.compromises.count == 1)
    #expect(found.nearest.peak == least.peak)
    #expect(found.lines.last == "--mhc-recompute-layer-num \(least.size)")
    // The default, one block of everything, is told beside it.
    var whole = example
    whole.setup.streamRecompute = .blocks(ofLayers: 60)
    #expect(try found.withOneBlock?.peak == whole.planner().plan(whole.layout).peak)
  }

  @Test func `in a pipeline is spread over the same devices in the fastest way that fits`() throws {
    let example = Case("mhc-27b", pipeline: 4, expert: 8)
    let found = try example.settings(.megatronMain)
    #expect(found.nearest.layout.pipeline == 1)
    #expect(found.lines.contains("--pipeline-model-parallel-size 1"))
    let planner = try example.planner()
    var fastest = Double.infinity
    for (data, tensor, context) in [(4, 1, 1), (2, 2, 1), (2, 1, 2), (1, 4, 1), (1, 2, 2), (1, 1, 4)] {
      let layout = Layout(
        data: 8 * data, tensor: tensor, expert: 8, context: context, sequence: 4096, globalBatch: 64)
      let plan = try planner.plan(layout)
      if plan.verdict.fits { fastest = min(fastest, plan.time.step.expected.value) }
    }
    let spread = try #require(found.compromises.first { $0.asked == "4 pipeline stages" })
    #expect(spread.after.time.step.expected.value == fastest)
    // The development branch has pipelines.
    #expect(try example.settings(.megatronDev).nearest.layout.pipeline == 4)
  }

  @Test func `of a model leaves its prediction modules out on main, and not on dev`() throws {
    let example = Case("deepseek-v4-flash", on: "b200", data: 64, expert: 64)
    let main = try example.settings(.megatronMain)
    #expect(main.compromises.contains { $0.asked.contains("multi-token-prediction") })
    #expect(!main.lines.contains { $0.contains("mtp") })
    #expect(try example.settings(.megatronDev).lines.contains("--mtp-num-layers 1"))
  }

  @Test func `with full recompute on main becomes none, and says so`() throws {
    let found = try Self.cases[0].settings(.megatronMain)
    #expect(found.compromises.map(\.asked).contains { $0.contains("run again in whole") })
    #expect(!found.lines.contains("--recompute-granularity full"))
  }

  @Test func `at all is refused without a change`() throws {
    // MindSpeed's mHC asks for latent attention, which Llama does not have.
    let found = try Case("llama-3-8b").settings(.mindSpeed)
    #expect(found.compromises.count == 1)
    #expect(found.compromises[0].nearest == nil)
    #expect(found.compromises[0].reason.contains("--multi-latent-attention"))
  }

  @Test func `in MindSpeed's recompute is a block of every Transformer layer`() throws {
    let example = Case("mhc-27b", expert: 8, recompute: .blocks(ofLayers: 10))
    let found = try example.settings(.mindSpeed)
    #expect(found.lines.last == "--mhc-recompute")
    var two = example
    two.setup.streamRecompute = .blocks(ofLayers: 2)
    #expect(try found.nearest.peak == two.planner().plan(two.layout).peak)
    #expect(try two.settings(.mindSpeed).compromises.isEmpty)
  }

  @Test func `is passed over where not even the nearest exists`() throws {
    // 12 layers in 5 stages, one sequence a step: no product of data, tensor and context gives 5.
    var example = Case("mhc-3b", data: 1, pipeline: 5)
    example.layout.globalBatch = 1
    let found = try example.settings(.megatronMain)
    #expect(found.compromises.contains { $0.nearest == nil && $0.asked == "5 pipeline stages" })
    #expect(found.lines.contains("--pipeline-model-parallel-size 5"))
  }

  @Test func `takes every factoring of the stages once`() {
    let found = NearestPlan.factorings(of: 12)
    // The number of ordered products of three that make 2²·3: C(4,2)·C(3,2) = 18.
    #expect(found.count == 18)
    #expect(found.allSatisfy { $0.0 * $0.1 * $0.2 == 12 })
    #expect(Set(found.map { "\($0)" }).count == 18)
  }
}
