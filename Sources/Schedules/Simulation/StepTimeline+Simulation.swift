public import Quantities

extension StepTimeline {
  /// The most events that a simulated step may have.
  public static let mostEvents = 1 << 22

  /// Simulates a step.
  ///
  /// Every stage computes in the order that the schedule gives, each entry as soon as the stage is free and what it needs
  /// is there. Messages of different lanes do not slow each other: an assumption.
  ///
  /// - Parameters:
  ///   - pipeline: the schedule and its sizes.
  ///   - work: what a microbatch takes in each part of the model, front to back; `pipeline.parts` of them.
  ///   - fixed: bytes that each stage holds throughout; empty for none.
  ///   - options: what runs beside what.
  ///   - recordsEvents: whether events and allocations are kept in the result, beyond what is counted from them.
  /// - Throws: ``ScheduleError`` for work that does not match the pipeline, is negative, or is more than 64 bits can time
  ///   or hold, and for steps of more than ``mostEvents``.
  public init(
    _ pipeline: Pipeline, work: [PartWork], fixed: [Bytes] = [], options: OverlapOptions = OverlapOptions(),
    recordsEvents: Bool = true
  ) throws(ScheduleError) {
    try pipeline.check(work, fixed)
    var simulation = StepSimulation(pipeline, work, options, recordsEvents: recordsEvents)
    try simulation.run()
    var makespan = 0
    for stage in simulation.stages.indices { makespan = max(makespan, simulation.stages[stage].lastEnd) }
    self.pipeline = pipeline
    self.options = options
    self.makespan = Picoseconds(makespan)
    stages = simulation.stages.enumerated().map { index, stage in
      stage.timeline(index, fixed: fixed.isEmpty ? .zero : fixed[index], recordsEvents: recordsEvents)
    }
  }
}

extension Pipeline {
  /// Checks that a step with this work can be simulated, and that no sum of its times or sizes overflows.
  func check(_ work: [PartWork], _ fixed: [Bytes]) throws(ScheduleError) {
    let (parts, overflow) = stages.multipliedReportingOverflow(by: chunks)
    guard !overflow, parts <= StepTimeline.mostEvents else {
      throw ScheduleError(.step, "expected at most \(StepTimeline.mostEvents) events, found \(stages) stages")
    }
    guard work.count == self.parts else {
      throw ScheduleError(.work, "expected the work of \(self.parts) parts, found \(work.count)")
    }
    guard fixed.isEmpty || fixed.count == stages else {
      throw ScheduleError(.work, "expected the fixed memory of \(stages) stages, found \(fixed.count)")
    }
    var (time, bytes, events) = (0.0, fixed.reduce(0.0) { $0 + Double($1.count) }, 0)
    for (index, part) in work.enumerated() {
      guard !part.blocks.isEmpty, part.isNotNegative else {
        throw ScheduleError(
          .work, "part \(index): expected at least one block, and times and sizes of at least 0, found others")
      }
      time += part.timeBound
      bytes += part.byteBound
      events += 8 + 2 * part.blocks.count
      if schedule.overlapsPairs { events += part.blocks.reduce(0) { $0 + 6 * $1.sublayers.count } }
    }
    guard fixed.allSatisfy({ $0.count >= 0 }) else {
      throw ScheduleError(.work, "expected fixed memory of at least 0 bytes, found less")
    }
    let most = StepTimeline.mostEvents / max(events, 1)
    guard microbatches <= most else {
      throw ScheduleError(
        .microbatches, "expected at most \(most) to simulate on \(stages) stages, found \(microbatches)",
        nearest: max(1, most))
    }
    // A quarter of what 64 bits hold: the sums below cannot overflow, rounding of these bounds included.
    let limit = Double(Int.max / 4)
    guard time * Double(microbatches) < limit else {
      throw ScheduleError(.work, "expected a step of less than \(Int.max / 4) ps, found more")
    }
    guard bytes * Double(microbatches) < limit else {
      throw ScheduleError(.work, "expected less than \(Int.max / 4) bytes on all stages, found more")
    }
  }
}

extension PartWork {
  private var times: [Int] {
    [forwardMessage.time.count, backwardMessage.time.count]
      + blocks.flatMap { [$0.recompute.count] + $0.sublayers.flatMap(\.times) }
  }

  private var sizes: [Int] {
    [forwardTransient.count, forwardMessage.buffer.count, backwardMessage.buffer.count]
      + blocks.flatMap { [$0.kept.count, $0.keptForWeights.count, $0.transient.count] }
  }

  var isNotNegative: Bool { times.allSatisfy { $0 >= 0 } && sizes.allSatisfy { $0 >= 0 } }
  var timeBound: Double { times.reduce(0.0) { $0 + Double($1) } }
  /// Twice, as a message is held at both ends.
  fileprivate var byteBound: Double { 2 * sizes.reduce(0.0) { $0 + Double($1) } }
}
