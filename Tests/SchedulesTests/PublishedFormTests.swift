import Quantities
import Schedules
import Testing

/// Bubbles and microbatches in flight as published, where all parts are equal and messages take no time.
@Suite struct `Published forms` {
  static func step(
    _ schedule: ScheduleName, stages: Int, microbatches: Int, chunks: Int? = nil, _ f: Int, _ b: Int, _ w: Int
  ) throws -> StepTimeline {
    let pipeline = try Pipeline(schedule, stages: stages, microbatches: microbatches, chunks: chunks)
    let part = PartWork(
      forward: Picoseconds(f), backwardInput: Picoseconds(b), backwardWeight: Picoseconds(w), kept: Bytes(1))
    return try StepTimeline(pipeline, work: Array(repeating: part, count: pipeline.parts))
  }

  /// GPipe (arXiv:1811.06965) §2.3: (p − 1) forward and backward passes of waiting.
  @Test(arguments: [ScheduleName.gpipe, .oneForwardOneBackward], [1, 2, 3, 4, 8])
  func `GPipe and 1F1B wait p - 1 forward and backward passes`(schedule: ScheduleName, stages: Int) throws {
    for microbatches in [1, 2, stages, 2 * stages + 1, 17] {
      let step = try Self.step(schedule, stages: stages, microbatches: microbatches, 5, 7, 3)
      #expect(step.makespan == Picoseconds((microbatches + stages - 1) * 15))
      for stage in step.stages {
        #expect(stage.bubble(in: step) == Picoseconds((stages - 1) * 15))
        #expect(
          stage.peakInFlight
            == (schedule == .gpipe ? microbatches : min(stages - stage.stage, microbatches)))
      }
    }
  }
}
