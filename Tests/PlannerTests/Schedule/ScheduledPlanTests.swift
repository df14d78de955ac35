import CostModel
import Planner
import Profiles
import Quantities
import Schedules
import Testing

/// Plans against the event simulation of their own step.
@Suite struct ScheduledPlanTests {
  /// A run under a schedule, with sizes that the schedule can run.
  private func scheduled(_ run: RandomRun, _ schedule: ScheduleName, stages: Int, microbatches: Int) -> RandomRun? {
    var run = run
    run.layout.schedule = schedule
    run.layout.pipeline = schedule == .dualPipe ? max(2, stages / 2 * 2) : max(stages, schedule == .interleaved ? 2 : 1)
    guard run.layout.pipeline * (schedule == .dualPipe ? 1 : run.layout.chunksOfStage) <= run.model.layers.count else {
      return nil
    }
    let stages = run.layout.pipeline
    let count =
      switch schedule {
      case .interleaved: stages * max(1, microbatches / stages)
      case .dualPipe, .dualPipeV: max(2 * stages, microbatches / 2 * 2)
      default: microbatches
      }
    run.layout.globalBatch = run.layout.data * run.layout.microbatch * count
    return run
  }

  /// Holds a plan's time and memory against the simulation of its step.
  private func expectAsSimulated(_ run: RandomRun) throws {
    let planner = try run.planner()
    let plan = try planner.plan(run.layout)
    let timeline = try planner.timeline(of: plan, recordsEvents: false)
    let data = try planner.communication(of: plan).first { $0.kind == .data }?.exposed.value ?? 0
    // The simulation rounds each of some thousand passes to a picosecond, and knows no gradients at the step's ends.
    let sum = timeline.makespan.seconds.value
    let tolerance = 1e-9 * plan.time.step.expected.value + 1e-8
    #expect(plan.time.step.expected.value >= sum - tolerance, "\(run)")
    #expect(plan.time.step.expected.value <= sum + data + tolerance, "\(run)")
    #expect(timeline.stages.map(\.peakMemory) == plan.stages.map(\.peak), "\(run)")
  }

  @Test(arguments: [ScheduleName.oneForwardOneBackward, .gpipe])
  func `the recurrence takes as long as the event simulation, and holds as much`(_ schedule: ScheduleName) throws {
    var tried = 0
    for (index, run) in try RandomRun.several(60, seed: 31).enumerated() {
      guard let run = scheduled(run, schedule, stages: 1 + index % 6, microbatches: 1 + index % 23) else { continue }
      tried += 1
      try expectAsSimulated(run)
    }
    #expect(tried > 30)
  }

  @Test func `a pipeline that is in step is not timed on, and takes as long as one that is simulated to its end`()
    throws
  {
    var tried = 0
    for (index, run) in try RandomRun.several(60, seed: 33).enumerated() {
      // From fewer microbatches than stages to so many that most repeat the ones before.
      guard
        let run = scheduled(
          run, .oneForwardOneBackward, stages: 2 + index % 5, microbatches: 1 + 7 * index + index % 3)
      else { continue }
      tried += 1
      try expectAsSimulated(run)
    }
    #expect(tried > 30)
  }

  @Test(arguments: ScheduleName.allCases)
  func `the peak of every stage is that of the simulated memory, and the sum of its parts`(_ schedule: ScheduleName)
    throws
  {
    var tried = 0
    for (index, run) in try RandomRun.several(40, seed: 32).enumerated() {
      guard let run = scheduled(run, schedule, stages: 1 + index % 4, microbatches: 1 + index % 19) else { continue }
      tried += 1
      let planner = try run.planner()
      let plan = try planner.plan(run.layout)
      let timeline = try planner.timeline(of: plan, recordsEvents: false)
      #expect(timeline.stages.map(\.peakMemory) == plan.stages.map(\.peak), "\(run)")
      for stage in plan.stages {
        #expect(try planner.memory(of: stage, in: run.layout).total == stage.peak, "\(run)")
        for chunk in stage.chunks {
          #expect(chunk.segments.reduce(0) { $0 + $1.layers } == chunk.residualLayers)
        }
      }
      #expect(plan.time.bubbleFraction > -1e-9 && plan.time.bubbleFraction < 1)
    }
    #expect(tried > 10)
  }

  @Test func `two in a row hide no message: 1f1b waits for one each way a microbatch, with twice as many it would not`()
    throws
  {
    // By hand: stage 0 may be one microbatch ahead, so its next forward pass waits for a gradient that was two messages
    // under way for every second microbatch.
    var setup = TrainingSetup(connection: .residual, streams: 1, fusion: .unfused, streamRecompute: .stored)
    var device = try HardwareSource.load("h800")
    var model = try ModelSource.load("llama-3-8b").shape
    // Without a head all stages take the same.
    model.vocabulary = 1
    setup.reserve = .bytes(0)
    let layout = Layout(data: 8, pipeline: 2, sequence: 8192, globalBatch: 8 * 200)
    func step(_ bandwidth: Double) throws -> (Double, Double) {
      device.interconnect?.networkBandwidth.value = BytesPerSecond(bandwidth)
      let plan = try Planner(model: model, hardware: device, setup: setup, sequence: 8192).plan(layout)
      return (plan.time.step.expected.value, plan.time.microbatch.computing.value)
    }
    let message = 3.7e-6 + 4096.0 * 2 * 8192 / (0.8 * 5e9)
    let (slow, microbatch) = try step(5e9)
    let (fast, _) = try step(1e18)
    #expect(message < microbatch)
    // The stages' norms and heads differ by little.
    #expect(abs((slow - fast) / 200 - message) < 0.05 * message)
  }

  @Test func `many microbatches take as long as the simulated ones and a slope`() throws {
    let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: .stored)
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    for schedule in [ScheduleName.oneForwardOneBackward, .gpipe, .zeroBubbleH1, .interleaved, .dualPipe] {
      let layout = Layout(
        data: 8, pipeline: 4, expert: 8, sequence: 4096, globalBatch: 8 * 200, schedule: schedule)
      let plan = try planner.plan(layout)
      let timeline = try planner.timeline(of: plan, recordsEvents: false)
      let simulated = timeline.makespan.seconds.value
      #expect(abs(plan.time.step.expected.value / simulated - 1) < 1e-3, "\(schedule)")
    }
  }

  @Test(
    arguments: [
      ("--pipeline", ScheduleName.dualPipe, 3, 2, 48), ("--global-batch", .dualPipe, 4, 2, 48),
      ("--global-batch", .interleaved, 4, 2, 72), ("--chunks", .interleaved, 4, 1, 64),
      ("--pipeline", .zeroBubbleV, 16, 2, 256), ("--chunks", .interleaved, 4, 0, 64),
      ("--global-batch", .dualPipeV, 4, 2, 48),
    ]) func `a layout that the schedule cannot run names the option and the nearest that it can`(
      _ option: String, _ schedule: ScheduleName, _ stages: Int, _ chunks: Int, _ batch: Int
    ) throws
  {
    let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper)
    let planner = try Planner.named("mhc-27b", setup, sequence: 4096)
    let layout = Layout(
      data: 8, pipeline: stages, expert: 8, sequence: 4096, globalBatch: batch, schedule: schedule, chunks: chunks)
    do {
      _ = try planner.plan(layout)
      Issue.record("planned")
    } catch let error as PlanError {
      #expect(error.option == option, "\(error)")
      if option == "--global-batch" {
        // The suggestion is a layout that exists.
        let number = try #require(error.problem.split(separator: " ").compactMap { Int($0) }.dropLast().last)
        var other = layout
        other.globalBatch = number
        #expect(throws: Never.self) { _ = try planner.plan(other) }
      }
    }
  }
}
