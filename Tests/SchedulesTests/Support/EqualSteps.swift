import Quantities
import Schedules

/// A step whose parts are all equal, and whose messages take no time.
func equalStep(
  _ schedule: ScheduleName, stages: Int, microbatches: Int, chunks: Int? = nil, f: Int, b: Int, w: Int,
  options: OverlapOptions = OverlapOptions()
) throws -> StepTimeline {
  let pipeline = try Pipeline(schedule, stages: stages, microbatches: microbatches, chunks: chunks)
  let part = PartWork(
    forward: Picoseconds(f), backwardInput: Picoseconds(b), backwardWeight: Picoseconds(w), kept: Bytes(1))
  return try StepTimeline(pipeline, work: Array(repeating: part, count: pipeline.parts), options: options)
}

/// Sizes that each schedule can run, small enough to simulate all of them.
let smallPipelines: [Pipeline] = ScheduleName.allCases.flatMap { schedule in
  (1...6).flatMap { stages in
    (1...16).flatMap { microbatches in
      (schedule == .interleaved ? [2, 3] : [schedule.fixedChunks ?? 1]).compactMap {
        try? Pipeline(schedule, stages: stages, microbatches: microbatches, chunks: $0)
      }
    }
  }
}
