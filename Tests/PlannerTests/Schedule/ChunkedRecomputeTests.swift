import CostModel
import Planner
import Quantities
import Schedules
import Testing

/// What `auto` makes of stages whose memory follows from the order of passes, against every policy that a user can ask for.
@Suite struct `Recompute in stages of several chunks` {
  private static let others: [StreamRecompute] =
    [.stored, .paper, .uniform, .uneven] + [1, 2, 3, 5, 8, 12].map { .blocks(ofLayers: $0) }

  /// With memory enough for all that is asked.
  private static func planner(_ policy: StreamRecompute, reserve: Int) throws -> Planner {
    var setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: policy)
    setup.reserve = .bytes(reserve)
    return try Planner.named("mhc-27b", on: "h200", setup, sequence: 4096)
  }

  @Test(arguments: [ScheduleName.zeroBubbleH1, .zeroBubbleV, .interleaved, .dualPipe, .dualPipeV])
  func `fits where any policy fits, and recomputes nothing where all can be stored`(_ schedule: ScheduleName) throws {
    let layout = Layout(
      data: 8, pipeline: 4, expert: 8, microbatch: 2, sequence: 4096, globalBatch: 8 * 2 * 16, schedule: schedule)
    func peak(_ policy: StreamRecompute) throws -> Int {
      try #require(try Self.planner(policy, reserve: 0).plan(layout).stages.map(\.peak.count).max())
    }
    let peaks = try Self.others.map(peak)
    let (lowest, stored) = (try #require(peaks.min()), peaks[0])
    #expect(lowest < stored)
    let capacity = try Self.planner(.stored, reserve: 0).budget.count
    // From what fits to the byte to all that nothing recomputed takes.
    for budget in [lowest, lowest + (stored - lowest) / 3, stored - 1, stored] {
      let plan = try Self.planner(.auto, reserve: capacity - budget).plan(layout)
      #expect(plan.verdict.fits, "\(budget)")
      #expect(plan.stages.allSatisfy { $0.peak.count <= budget })
      let isStored = plan.stages.flatMap(\.chunks).allSatisfy { $0.segments.allSatisfy { $0.kind == .stored } }
      #expect(isStored == (budget == stored), "\(budget)")
    }
    #expect(try !Self.planner(.auto, reserve: capacity - stored).plan(layout).stages.contains { !$0.isProvenBest })
  }

  @Test(arguments: [StreamRecompute.stored, .blocks(ofLayers: 4), .auto], [RecomputeLevel.none, .full])
  func `the overhead is over the residual that stands beside it`(_ policy: StreamRecompute, _ level: RecomputeLevel)
    throws
  {
    let setup = TrainingSetup(
      connection: .manifold, streams: 4, fusion: .paper, layerRecompute: level, streamRecompute: policy)
    let planner = try Planner.named("llama-3-8b", on: "h100-sxm", setup, sequence: 8192)
    // On one stage a residual fits neither with everything stored: one that may recompute more than was asked for would be slower.
    for (schedule, pipeline) in [
      (ScheduleName.oneForwardOneBackward, 1), (.oneForwardOneBackward, 2), (.zeroBubbleV, 2),
    ] {
      let layout = Layout(data: 8, pipeline: pipeline, sequence: 8192, globalBatch: 8 * 8, schedule: schedule)
      let plan = try planner.plan(layout)
      let residual = try #require(try planner.alternatives(layout).first { $0.connection == .residual })
      #expect(plan.time.residualStep == residual.plan.time.step)
      #expect(plan.time.overhead.expected > 0)
    }
  }
}
