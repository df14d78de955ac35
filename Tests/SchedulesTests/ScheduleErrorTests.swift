import Quantities
import Schedules
import Testing

@Suite struct `Steps that a schedule cannot run` {
  struct Case: CustomTestStringConvertible {
    var schedule: ScheduleName
    var stages: Int
    var microbatches: Int
    var chunks: Int?
    var subject: ScheduleError.Subject
    var nearest: Int
    var testDescription: String { "\(schedule) \(stages) \(microbatches) \(chunks ?? -1)" }
  }

  @Test(arguments: [
    Case(schedule: .dualPipe, stages: 3, microbatches: 12, subject: .stages, nearest: 4),
    Case(schedule: .dualPipe, stages: 4, microbatches: 6, subject: .microbatches, nearest: 8),
    Case(schedule: .dualPipe, stages: 4, microbatches: 11, subject: .microbatches, nearest: 12),
    Case(schedule: .dualPipeV, stages: 4, microbatches: 7, subject: .microbatches, nearest: 8),
    Case(schedule: .interleaved, stages: 4, microbatches: 9, chunks: 2, subject: .microbatches, nearest: 8),
    Case(schedule: .interleaved, stages: 4, microbatches: 11, chunks: 2, subject: .microbatches, nearest: 12),
    Case(schedule: .interleaved, stages: 4, microbatches: 1, chunks: 2, subject: .microbatches, nearest: 4),
    Case(schedule: .interleaved, stages: 4, microbatches: 8, chunks: 1, subject: .chunks, nearest: 2),
    Case(schedule: .interleaved, stages: 1, microbatches: 8, chunks: 2, subject: .stages, nearest: 2),
    Case(schedule: .oneForwardOneBackward, stages: 4, microbatches: 8, chunks: 2, subject: .chunks, nearest: 1),
    Case(schedule: .zeroBubbleV, stages: 4, microbatches: 8, chunks: 3, subject: .chunks, nearest: 2),
    Case(schedule: .gpipe, stages: 0, microbatches: 8, subject: .stages, nearest: 1),
    Case(schedule: .gpipe, stages: 1, microbatches: -8, subject: .microbatches, nearest: 1),
    Case(
      schedule: .gpipe, stages: .max, microbatches: 8, subject: .stages, nearest: Pipeline.largestSize),
  ])
  func `The error names what is wrong and the nearest that works`(wrong: Case) throws {
    let error = #expect(throws: ScheduleError.self) {
      try Pipeline(
        wrong.schedule, stages: wrong.stages, microbatches: wrong.microbatches, chunks: wrong.chunks)
    }
    #expect(error?.subject == wrong.subject)
    #expect(error?.nearest == wrong.nearest)
    #expect(error?.description.contains("\n") == false)
    // The nearest does work.
    var (stages, microbatches, chunks) = (wrong.stages, wrong.microbatches, wrong.chunks)
    switch wrong.subject {
    case .stages: stages = wrong.nearest
    case .microbatches: microbatches = wrong.nearest
    default: chunks = wrong.nearest
    }
    _ = try Pipeline(wrong.schedule, stages: stages, microbatches: microbatches, chunks: chunks)
  }

  @Test func `Work that cannot be timed is refused, not trapped`() throws {
    let pipeline = try Pipeline(.oneForwardOneBackward, stages: 2, microbatches: 4)
    func part(_ f: Int, _ b: Int, _ kept: Int) -> PartWork {
      PartWork(
        forward: Picoseconds(f), backwardInput: Picoseconds(b), backwardWeight: .zero, kept: Bytes(kept))
    }
    let good = part(1, 1, 1)
    for bad in [
      part(.max, .max, 0), part(.max / 8, 1, 0), part(-1, 1, 0), part(1, .min, 0), part(1, 1, -1),
      part(1, 1, .max), part(1, 1, .max / 16), PartWork(blocks: []),
    ] {
      #expect(throws: ScheduleError.self) { try StepTimeline(pipeline, work: [good, bad]) }
    }
    #expect(throws: ScheduleError.self) { try StepTimeline(pipeline, work: [good]) }
    #expect(throws: ScheduleError.self) { try StepTimeline(pipeline, work: [good, good], fixed: [Bytes(1)]) }
    #expect(throws: ScheduleError.self) {
      try StepTimeline(pipeline, work: [good, good], fixed: [Bytes(.max), Bytes(.max)])
    }
    #expect(throws: ScheduleError.self) {
      try OverlappedPair(forward: part(.max, 1, 0), backward: part(1, .max, 0))
    }
  }

  @Test func `The largest sizes are counted, not trapped on`() throws {
    let most = Pipeline.largestSize
    for schedule in ScheduleName.allCases {
      for (stages, microbatches) in [(most, most), (1, most), (most, 1), (2, most)] {
        guard
          let pipeline = try? Pipeline(
            schedule, stages: stages, microbatches: microbatches,
            chunks: schedule.fixedChunks ?? Pipeline.mostChunks)
        else { continue }
        #expect(pipeline.parts >= stages)
        #expect(pipeline.publishedInFlight(stage: 0) > 0)
        #expect(throws: ScheduleError.self) { try StepTimeline(pipeline, work: []) }
      }
    }
  }

  @Test func `A step too long to simulate names the most microbatches`() throws {
    let part = PartWork(forward: Picoseconds(1), backwardInput: .zero, backwardWeight: .zero)
    let long = try Pipeline(.oneForwardOneBackward, stages: 2, microbatches: 1 << 32)
    let error = #expect(throws: ScheduleError.self) { try StepTimeline(long, work: [part, part]) }
    #expect(error?.subject == .microbatches)
    let wide = try Pipeline(.gpipe, stages: 1 << 32, microbatches: 1)
    #expect(throws: ScheduleError.self) { try StepTimeline(wide, work: []) }
  }
}
