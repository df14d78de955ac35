import CostModel
import Planner
import Profiles
import Search

/// What a search takes for granted, and what it leaves out.
enum SearchNotes {
  static func assumptions(_ loaded: LoadedModel, _ problem: SearchProblem) -> [String] {
    guard let layout = problem.layouts.first, let planner = problem.firstPlanner, let plan = try? planner.plan(layout)
    else { return loaded.notes }
    return PlanNotes.assumptions(loaded, planner, plan)
  }

  static func excluded(_ hardware: Hardware) -> [String] {
    PlanNotes.excluded(hardware)
      + ["uneven stages, and recompute policies and settings that are not in the request's lists"]
  }
}
