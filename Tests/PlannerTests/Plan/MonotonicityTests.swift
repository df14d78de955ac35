import CostModel
import Planner
import Quantities
import Testing

/// What grows with what, over seeded random runs.
@Suite struct PlanMonotonicityTests {
  /// Peak of every stage and expected time of the slowest, recompute fixed so that no choice interferes.
  private func cost(_ run: RandomRun, _ policy: StreamRecompute) throws -> (peaks: [Bytes], seconds: Double) {
    let plan = try run.planner(capacity: 1 << 60, policy).plan(run.layout)
    return (plan.stages.map(\.peak), plan.time.microbatch.computing.value)
  }

  private func expectGrowth(
    _ small: RandomRun, _ large: RandomRun, time: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for policy in [StreamRecompute.stored, .blocks(ofLayers: 2)] {
      let (less, more) = (try cost(small, policy), try cost(large, policy))
      #expect(zip(less.peaks, more.peaks).allSatisfy { $0 < $1 }, "\(policy) \(small)", sourceLocation: sourceLocation)
      if time { #expect(less.seconds < more.seconds, "\(policy) \(small)", sourceLocation: sourceLocation) }
    }
  }

  @Test func `memory and time grow with microbatch, sequence, streams, channels and vocabulary`() throws {
    for run in try RandomRun.several(25, seed: 11) {
      var larger = run
      larger.layout.microbatch += 1
      larger.layout.globalBatch = run.layout.microbatches * larger.layout.microbatch * run.layout.data
      try expectGrowth(run, larger)
      larger = run
      larger.layout.sequence *= 2
      try expectGrowth(run, larger)
      larger = run
      larger.model.channels += 64
      try expectGrowth(run, larger)
      if run.setup.connection != .residual {
        larger = run
        larger.setup.streams *= 2
        try expectGrowth(run, larger)
      }
      larger = run
      larger.model.vocabulary += 64
      let (less, more) = (try cost(run, .stored).peaks, try cost(larger, .stored).peaks)
      #expect(try #require(less.last) < #require(more.last), "\(run)")
    }
  }

  @Test func `a wider layout never takes more memory on a device, nor more time to compute a microbatch`() throws {
    for run in try RandomRun.several(25, seed: 12) {
      var base = run
      base.layout.sequenceParallel = true
      var wide: [RandomRun] = []
      for (size, sizes) in [(\Layout.tensor, [1, 2, 4, 8]), (\Layout.context, [1, 2, 4, 8])] {
        guard let next = sizes.first(where: { $0 > base.layout[keyPath: size] }) else { continue }
        var wider = base
        wider.layout[keyPath: size] = next
        wide.append(wider)
      }
      var wider = base
      wider.layout.data *= 2
      wider.layout.globalBatch *= 2
      wide.append(wider)
      for wider in wide where wider.layout.expert == 1 || (try? wider.layout.check(against: wider.model)) != nil {
        let (one, other) = (try cost(base, .stored), try cost(wider, .stored))
        #expect(zip(one.peaks, other.peaks).allSatisfy { $0 >= $1 }, "\(wider.layout) \(base)")
        #expect(one.seconds >= other.seconds)
      }
    }
  }

  @Test func `each ZeRO stage holds no more of what it shards than the one before`() throws {
    for run in try RandomRun.several(25, seed: 13) {
      var before: [MemoryPart: Bytes]?
      for zero in ZeroStage.allCases {
        var sharded = run
        sharded.setup.zeroStage = zero
        let planner = try sharded.planner(capacity: 1 << 60, .stored)
        let memory = try planner.memory(of: planner.plan(run.layout).stages[0], in: run.layout)
        for part in MemoryPart.allCases where part != .buffers {
          if let before { #expect(memory.bytes(part) <= before[part] ?? .zero, "\(part) \(zero) \(run)") }
        }
        before = memory.parts
      }
    }
  }

  @Test func `more experts' devices hold fewer expert weights and the same state`() throws {
    for var run in try RandomRun.several(60, seed: 14) where run.layout.expert > 1 {
      run.setup.zeroStage = .optimizer
      var whole = run
      whole.layout.expert = 1
      let planners = try (run.planner(capacity: 1 << 60, .stored), whole.planner(capacity: 1 << 60, .stored))
      let stage = run.layout.pipeline - 1
      let one = try planners.0.memory(of: planners.0.plan(run.layout).stages[stage], in: run.layout)
      let all = try planners.1.memory(of: planners.1.plan(whole.layout).stages[stage], in: whole.layout)
      #expect(one.bytes(.weights) <= all.bytes(.weights) && one.bytes(.gradients) <= all.bytes(.gradients))
      // Rounded up to a parameter of at most 12 bytes a shard.
      #expect(abs(one.bytes(.optimizer).count - all.bytes(.optimizer).count) <= 24, "\(run)")
    }
  }
}
