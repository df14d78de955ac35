import Schedules

extension Layout {
  /// The schedule with this layout's sizes.
  var pipelineSchedule: Pipeline {
    get throws(ScheduleError) {
      try Pipeline(schedule, stages: pipeline, microbatches: microbatches, chunks: chunksOfStage)
    }
  }

  /// v: chunks of the model on a stage.
  public var chunksOfStage: Int { schedule.fixedChunks ?? chunks }

  /// Parts that the model is cut into, of a layout that was checked.
  var parts: Int { schedule == .dualPipe ? pipeline : pipeline * chunksOfStage }

  /// Copies of the weights that the stages hold: every DualPipe stage has a part from either end of the model.
  var weightCopies: Int { schedule == .dualPipe ? 2 : 1 }

  /// Microbatches whose activations stage `stage` holds at once, under the schedules that have a closed form.
  ///
  /// - Parameter stage: counted from 0.
  /// - Returns: under one-forward-one-backward p − stage, and never more than there are microbatches; under GPipe all of
  ///   them; nil under other schedules, whose steps are simulated.
  public func inFlight(stage: Int) -> Int? {
    switch schedule {
    case .gpipe: microbatches
    case .oneForwardOneBackward: min(pipeline - stage, microbatches)
    default: nil
    }
  }
}
