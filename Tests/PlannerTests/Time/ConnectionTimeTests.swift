import CostModel
import Planner
import Quantities
import Testing

/// Times computed outside this project from the datasheet's constants and typed in.
@Suite struct ConnectionTimeTests {
  /// One mHC connection of mhc-27b on an H800, 4096 tokens: t0 + max(bytes / (0.88 · 3.35e12), FLOPs / P), t0 = 3 µs.
  ///
  /// By hand for the merge: bytes 2·4·2560 + 2·2560 + 4·20 read and 2·4·2560 written a token, 189,071,360 of 4096 tokens,
  /// over 2.948e12 a second: 64.14 µs and the 3 µs to start. P is 494.7e12 for the two projections (tf32), 66.9e12 else.
  /// φ, α and b are read once a call, four bytes each: 983,040 bytes in the projection, 108 in the coefficients.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (10) to (13), §4.3.1.
  static let rows: [(String, Double)] = [
    ("forward project", 3.192765264586e-05),
    ("forward coefficients", 3.272362279512e-06),
    ("forward sinkhorn", 3.177845318860e-06),
    ("forward pre-mix", 3.859129443691e-05),
    ("forward merge", 6.713546811398e-05),
    ("forward pre-norm", 1.722762550882e-05),
    ("backward pre-norm backward", 2.434143826323e-05),
    ("backward merge backward", 1.028156852103e-04),
    ("backward pre-mix backward", 9.552402713704e-05),
    ("backward sinkhorn backward", 3.272348710991e-06),
    ("backward coefficients backward", 3.411340569878e-06),
    ("backward project backward", 8.917161465400e-05),
  ]

  private func planner(_ recompute: StreamRecompute) throws -> (Planner, Layout) {
    let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: recompute)
    let layout = Layout(data: 8, pipeline: 4, expert: 8, sequence: 4096, globalBatch: 128)
    return (try Planner.named("mhc-27b", setup, sequence: 4096, hasMessages: false), layout)
  }

  @Test(arguments: rows)
  func `a kernel of mHC takes its bytes over the bandwidth, or its FLOPs over the peak`(
    _ name: String, _ seconds: Double
  ) throws {
    let (planner, layout) = try planner(.blocks(ofLayers: 5))
    let times = try planner.operationTimes(of: planner.plan(layout).stages[1], in: layout)
    let parts = name.split(separator: " ", maxSplits: 1)
    let row = try #require(times.first { $0.pass == parts[0] && $0.name == "connection: \(parts[1])" })
    #expect(row.count == 16)
    #expect(abs(row.total.value / 16 - seconds) < 1e-11 * seconds)
  }

  @Test
  func `a stage's connections take the kernels' times; blocks of 5, 5 and 4 make 14 inputs and 11 merges again`()
    throws
  {
    let (planner, layout) = try planner(.blocks(ofLayers: 5))
    let plan = try planner.plan(layout)
    // The last stage: 7 Transformer layers and the output head.
    #expect(plan.time.slowestStage == 3)
    let part = plan.time.microbatch
    expectClose(part.connectionForward, 0.0022586514762550883)
    expectClose(part.connectionBackward, 0.004459510363636364)
    // 14 × (38.591 + 17.228) + 11 × 67.135 µs.
    expectClose(part.connectionRecompute, 0.0015199550284938942)
  }

  @Test func `llama-3-8b: every row over its rate, three passes`() throws {
    // A row takes 3 µs + tokens × max(bytes / 2.948e12, FLOPs / P) on 8192 / 2 tokens; P = 0.389 × 989.4e12 for products,
    // 0.57 × 989.4e12 for attention, 66.9e12 else; backward twice that, attention 2.5 times.
    let setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused, streamRecompute: .stored)
    let planner = try Planner.named("llama-3-8b", setup, sequence: 8192, hasMessages: false)
    let time = try planner.plan(Layout(data: 4, tensor: 2, sequence: 8192, globalBatch: 16)).time
    expectClose(time.microbatch.layerForward, 0.1695590095715229)
    expectClose(time.microbatch.layerBackward, 0.3462455066616482)
    expectClose(time.microbatch.head, 0.03362525660330911)
    expectClose(time.microbatch.connectionForward, 0.004026272130257802)
    expectClose(time.microbatch.connectionBackward, 0.004754726556309362)
    #expect(time.microbatch.layerRecompute == Seconds(0) && time.microbatch.connectionRecompute == Seconds(0))
    expectClose(time.step.expected, 4 * 0.5582107715230474)
    #expect(time.microbatches == 4)
    #expect(abs(time.bubbleFraction) < 1e-12)
    #expect(time.overhead == Estimate(exactly: 0))
  }

  @Test
  func `a step without messages is every stage once and, where the last is slowest, it for every other microbatch`()
    throws
  {
    let (planner, layout) = try planner(.stored)
    let plan = try planner.plan(layout)
    let stages = try plan.stages.map { stage in
      try planner.operationTimes(of: stage, in: layout).reduce(0) { $0 + $1.total.value }
    }
    let most = try #require(stages.max())
    expectClose(plan.time.step.expected, 15 * most + stages.reduce(0, +))
    #expect(abs(plan.time.bubbleFraction - (1 - 16 * most / plan.time.step.expected.value)) < 1e-9)
    #expect(plan.time.overhead.expected == plan.time.step.expected.value / plan.time.residualStep.expected.value - 1)
  }

  @Test func `attention cores that run again take time in stored layers too`() throws {
    let setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused, streamRecompute: .stored)
    var again = setup
    again.layerRecompute = .attention
    let layout = Layout(data: 4, tensor: 2, sequence: 8192, globalBatch: 16)
    let kept = try Planner.named("llama-3-8b", setup, sequence: 8192, hasMessages: false).plan(layout)
    let rerun = try Planner.named("llama-3-8b", again, sequence: 8192, hasMessages: false).plan(layout)
    // 32 cores of 2 · 8192 · 8193 / 2 · 32 · 256 / 2 FLOPs at 0.57 × 989.4e12, and 3 µs each.
    let core = 3e-6 + 8192.0 * 8193 * 32 * 128 / (0.57 * 989.4e12)
    expectClose(rerun.time.microbatch.layerRecompute, 32 * core)
    expectClose(rerun.time.step.expected, kept.time.step.expected.value + 4 * 32 * core)
    // Freed: 32 outputs of 4096 bf16 channels and their 32 fp32 sums, 8192 tokens, on two devices.
    let freed = 32 * 8192 * (2 * 4096 + 4 * 32) / 2
    #expect(try kept.peak - rerun.peak == Bytes(freed))
  }

  private func expectClose(_ seconds: Seconds, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs(seconds.value - expected) < 1e-11 * expected, sourceLocation: sourceLocation)
  }
}
