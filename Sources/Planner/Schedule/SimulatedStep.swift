import CostModel
import Quantities
import Schedules

/// The time of a step from the event simulation, at every corner.
struct SimulatedStep {
  /// Microbatches a stage that are simulated; then the pipeline is in step.
  private static let simulatedPerStage = 16

  /// Seconds of a step.
  ///
  /// Beyond so many microbatches a stage every further one takes as long as the last ones in the mean.
  /// - Throws: ``PlanError`` for a step that has too many events.
  static func seconds(_ layout: Layout, _ options: OverlapOptions, _ works: PartWorks) throws -> Corners {
    let pipeline = try layout.pipelineSchedule
    let (all, few) = (pipeline.microbatches, simulatedPerStage * pipeline.stages)
    guard all > few else { return try seconds(pipeline, options, works) }
    let long = try pipeline.with(microbatches: few)
    // Two of a stage less: a number that every schedule can run.
    let short = try pipeline.with(microbatches: few - 2 * pipeline.stages)
    let (longer, shorter) = (try seconds(long, options, works), try seconds(short, options, works))
    return longer + (Double(all - few) / Double(2 * pipeline.stages)) * (longer - shorter)
  }

  private static func seconds(
    _ pipeline: Pipeline, _ options: OverlapOptions, _ works: PartWorks
  ) throws -> Corners {
    var result = Corners.zero
    for corner in Corner.allCases {
      let step = try StepTimeline(
        pipeline, work: works.works(at: corner), options: options, recordsEvents: false)
      let seconds = step.makespan.seconds.value
      if corner == .expected { result = Corners(repeating: seconds) }
      result[corner] = seconds
    }
    return result
  }
}

extension Pipeline {
  fileprivate func with(microbatches: Int) throws(ScheduleError) -> Pipeline {
    try Pipeline(schedule, stages: stages, microbatches: microbatches, chunks: chunks)
  }
}
