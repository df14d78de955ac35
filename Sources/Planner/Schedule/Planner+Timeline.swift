import CostModel
public import Schedules

extension Planner {
  /// The step of a plan, event by event, at the expected constants.
  ///
  /// What a step waits for gradients and weights at its ends is not in it.
  /// - Parameters:
  ///   - plan: a plan of this planner.
  ///   - recordsEvents: whether events and allocations are kept, beyond what is counted from them.
  /// - Returns: the timeline; the peak of each stage's memory is the plan's.
  /// - Throws: ``PlanError`` for a step of too many events; `OverflowError` for sizes beyond 64 bits.
  public func timeline(of plan: Plan, recordsEvents: Bool = true) throws -> StepTimeline {
    let layout = plan.layout
    let share = try DeviceShare(layout, cost)
    let links = try links(share)
    let placement = try Placement(layout, layers: model.layers.count, modules: model.predictionModules.count)
    let segments = placement.segments(plan.stages)
    let step = try stepTime(
      cost, share, pieces(share, links), links, placement, segments, withSegments: true)
    let parts = placement.layers.indices.map {
      Stage($0, of: placement.layers.count, layers: placement.layers[$0], inFlight: 1, cost: cost)
    }
    let sizes = try parts.map { try ChunkSizes($0, segments[$0.index], share, cost) }
    var symbols = share.sizes(cost)
    let logits = try FixedMemory([parts[parts.count - 1]], share, cost, sizes: &symbols).logits
    let works = try step.works.works(at: .expected, sizes: sizes, logits: logits)
    do throws(ScheduleError) {
      return try StepTimeline(
        layout.pipelineSchedule, work: works, fixed: plan.stages.map(\.fixed),
        options: setup.overlap, recordsEvents: recordsEvents)
    } catch {
      throw PlanError("--global-batch", "\(error.problem) microbatches")
    }
  }
}
