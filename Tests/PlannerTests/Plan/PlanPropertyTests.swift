import CostModel
import Planner
import Quantities
import Schedules
import Testing

/// Claims about every plan, over seeded random models, setups and layouts.
@Suite struct PlanPropertyTests {
  static let policies: [StreamRecompute] = [
    .auto, .stored, .paper, .uniform, .uneven, .blocks(ofLayers: 3), .leading(blocks: 2, ofLayers: 3),
  ]

  @Test func `a stage's peak is the sum of its parts, and all parts are at least nothing`() throws {
    for run in try RandomRun.several(100, seed: 1) {
      let planner = try run.planner()
      for stage in try planner.plan(run.layout).stages {
        let memory = try planner.memory(of: stage, in: run.layout)
        #expect(memory.total == stage.peak, "\(run)")
        #expect(try MemoryPart.allCases.reduce(Bytes.zero) { try $0 + memory.bytes($1) } == stage.peak)
        #expect(memory.parts.values.allSatisfy { $0 >= .zero })
        #expect(stage.segments.reduce(0) { $0 + $1.layers } == stage.residualLayers)
      }
    }
  }

  @Test func `the heaviest stage has the highest peak, and the verdict is about it`() throws {
    for run in try RandomRun.several(40, seed: 2) {
      let planner = try run.planner()
      let plan = try planner.plan(run.layout)
      #expect(plan.peak == plan.stages.map(\.peak).max())
      #expect(plan.verdict.fits == (plan.peak <= planner.budget))
      #expect(try plan.verdict.margin + plan.peak == planner.budget)
      #expect(plan.verdict.cautiousPeak >= plan.peak)
      #expect(
        plan.stages.reduce(0) { $0 + $1.residualLayers } == 2 * (run.model.layers + run.model.predictionModules).count)
    }
  }

  @Test
  func `uneven blocks hold no more than uniform ones, uniform no more than any one size, nor that than no recompute`()
    throws
  {
    for run in try RandomRun.several(40, seed: 3) {
      func peaks(_ policy: StreamRecompute) throws -> [Int] {
        try run.planner(capacity: 1 << 60, policy).plan(run.layout).stages.map(\.peak.count)
      }
      let ordered = try [.uneven, .uniform, .paper, .stored].map(peaks)
      let (small, one) = (try peaks(.uniform), try peaks(.blocks(ofLayers: 2)))
      for (lower, upper) in zip(ordered, ordered.dropFirst()) + [(small, one)] {
        for (lower, upper) in zip(lower, upper) { #expect(lower <= upper, "\(run)") }
      }
    }
  }

  @Test func `auto recomputes nothing where everything fits, and fits wherever any policy does`() throws {
    for run in try RandomRun.several(20, seed: 4) {
      let stored = try run.planner(capacity: 1 << 60, .auto).plan(run.layout)
      #expect(stored.stages.allSatisfy { $0.blocks.isEmpty && $0.storedLayers == $0.residualLayers })
      for policy in Self.policies + [.blocks(ofLayers: 1), .blocks(ofLayers: 1000)] {
        let peak = try run.planner(capacity: 1 << 60, policy).plan(run.layout).peak.count
        for capacity in [peak - 1, peak] {
          let auto = try run.planner(capacity: capacity, .auto).plan(run.layout)
          #expect(auto.verdict.fits || capacity < peak, "\(policy) fits in \(peak): \(run)")
          #expect(auto.verdict.fits == (auto.peak.count <= capacity))
          for (one, other) in zip(auto.stages, stored.stages) where other.peak.count <= capacity {
            #expect(one.blocks.isEmpty, "\(run)")
          }
        }
      }
    }
  }

  @Test func `leading blocks are at the front of every part, and prediction modules are stored`() throws {
    for run in try RandomRun.several(60, seed: 9) {
      let planner = try run.planner(capacity: 1 << 60, .leading(blocks: 3, ofLayers: 2))
      for chunk in try planner.plan(run.layout).stages.flatMap(\.chunks) {
        // A Transformer layer is two residual layers, a block here.
        let blocks = min(3, chunk.layers.count)
        let rest = chunk.residualLayers - 2 * blocks
        #expect(chunk.segments.prefix(blocks).allSatisfy { $0.kind == .recomputed && $0.layers == 2 }, "\(run)")
        #expect(chunk.segments.dropFirst(blocks).map(\.layers) == (rest > 0 ? [rest] : []), "\(run)")
        #expect(chunk.segments.dropFirst(blocks).allSatisfy { $0.kind == .stored })
      }
    }
  }

  @Test func `two plans of one request are equal`() throws {
    for run in try RandomRun.several(20, seed: 5) {
      let (one, other) = (try run.planner().plan(run.layout), try run.planner().plan(run.layout))
      #expect(one.stages.map(\.segments) == other.stages.map(\.segments))
      #expect(one.stages.map(\.peak) == other.stages.map(\.peak))
      #expect(one.verdict == other.verdict && one.heaviestStage == other.heaviestStage)
      #expect(one.time.step == other.time.step && one.time.overhead == other.time.overhead)
      #expect(one.time.residualStep == other.time.residualStep)
    }
  }

  @Test func `low is at most expected is at most high, and all are finite`() throws {
    for run in try RandomRun.several(60, seed: 6) {
      let time = try run.planner().plan(run.layout).time
      for range in [time.step, time.residualStep] {
        #expect(0 < range.low.value && range.low <= range.expected && range.expected <= range.high)
        #expect(range.high.value.isFinite)
      }
      #expect(time.overhead.low <= time.overhead.expected && time.overhead.expected <= time.overhead.high)
      #expect(time.overhead.low > -1 && time.overhead.high.isFinite)
      #expect(time.bubbleFraction >= -1e-12 && time.bubbleFraction < 1)
      if run.setup.connection == .residual && run.setup.streamRecompute == .auto {
        #expect(time.overhead == Estimate(exactly: 0))
      }
    }
  }

  @Test func `the largest microbatch fits and one sequence more does not`() throws {
    var sizes: Set<Int> = []
    for run in try RandomRun.several(25, seed: 7) {
      let peak = try run.planner(capacity: 1 << 60, run.setup.streamRecompute).plan(run.layout).peak.count
      let planner = try run.planner(capacity: peak + peak / 2, run.setup.streamRecompute)
      let largest = try planner.largestMicrobatch(run.layout)
      sizes.insert(largest)
      func fits(_ microbatch: Int) throws -> Bool {
        var layout = run.layout
        layout.microbatch = microbatch
        layout.globalBatch = microbatch * layout.data * run.layout.microbatches
        return try planner.plan(layout).verdict.fits
      }
      #expect(try largest >= run.layout.microbatch && fits(largest) && !fits(largest + 1), "\(largest): \(run)")
      let tiny = try run.planner(capacity: 1, run.setup.streamRecompute)
      #expect(try tiny.largestMicrobatch(run.layout) == 0)
    }
    #expect(sizes.count > 3)
  }

  @Test func `figures are those of the plan, whatever is remembered of the layout planned before`() throws {
    var memory = LayoutMemory()
    var tried = 0
    for run in try RandomRun.several(30, seed: 51) {
      let base = try run.planner()
      for level in RecomputeLevel.allCases {
        for zero in ZeroStage.allCases {
          var setup = run.setup
          (setup.layerRecompute, setup.zeroStage) = (level, zero)
          if zero == .gradients { setup.overlap.overlapsCommunication = false }
          let planner = try base.under(setup)
          let plan = try planner.plan(run.layout)
          let figures = try planner.figures(of: run.layout, reusing: &memory)
          #expect(figures.step == plan.time.step.expected && figures.peak == plan.peak, "\(run)")
          tried += 1
        }
      }
    }
    #expect(tried > 300)
  }
}
