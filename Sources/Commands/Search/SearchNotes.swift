import CostModel
import Planner
import Profiles
import Search

/// What a search takes for granted, and what it leaves out.
enum SearchNotes {
  static func assumptions(_ loaded: LoadedModel, _ problem: SearchProblem) -> [String] {
    guard let planner = problem.firstPlanner, !problem.layouts.isEmpty else { return loaded.notes }
    return PlanNotes.assumptions(loaded, planner, problem.layouts)
  }

  static func excluded(_ hardware: Hardware) -> [String] {
    let messages =
      hardware.interconnect == nil
      ? [
        "what a network carries: sizes that cut a layer over many devices look better than they are; give --tensor, --expert "
          + "and --context as lists"
      ] : []
    return PlanNotes.excluded(hardware) + messages + [
      "uneven stages, and recompute policies and settings that are not in the request's lists"
    ]
  }
}
