import CostModel
import Planner
import Schedules

extension NearestPlan {
  /// Where mHC wants the tokens divided outside the products of tensor parallelism.
  mutating func limitTensor(_ abilities: Abilities) throws {
    guard hasStreams, !abilities.wholeTokens, plan.layout.tensor > 1, !plan.layout.sequenceParallel else { return }
    try replace(
      "tensor parallelism without sequence parallelism",
      because: "mHC is refused without: its modules' gradients are added up where sequence parallelism adds up its own",
      with: [Candidate("sequence parallelism") { _, _, layout in layout.sequenceParallel = true }])
  }

  /// Where there is no such order of passes: the best of those there are, in as many chunks as that takes.
  mutating func limitSchedule(_ abilities: Abilities) throws {
    let layout = plan.layout
    let isFolded = layout.schedule == .dualPipeV && abilities.schedules.contains(.dualPipeV)
    if isFolded, layout.context > 1 {
      return try replace(
        "dualpipev with context parallelism", because: "it refuses the two together",
        with: Self.schedules(abilities.schedules.filter { $0 != .dualPipeV }, layout))
    }
    guard !abilities.schedules.contains(layout.schedule) else { return }
    let offered = abilities.schedules.filter { $0 != .dualPipeV || layout.context == 1 }
    try replace(
      "the schedule \(layout.schedule.rawValue)",
      because: "it has \(abilities.schedules.map(\.rawValue).joined(separator: ", "))",
      with: Self.schedules(offered, layout))
  }

  /// Chunks of a stage that are worth trying.
  private static let chunkCounts = [2, 3, 4, 6, 8]

  private static func schedules(_ names: [ScheduleName], _ layout: Layout) -> [Candidate] {
    names.filter { layout.pipeline > 1 || $0 == .oneForwardOneBackward }.flatMap { name in
      (name == .interleaved ? chunkCounts : [layout.chunks]).map { chunks in
        Candidate(name.rawValue + (name == .interleaved ? " of \(chunks) chunks a stage" : "")) { _, _, layout in
          (layout.schedule, layout.chunks, layout.stageLayers) = (name, chunks, [])
        }
      }
    }
  }
}
