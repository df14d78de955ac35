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

  static let excluded =
    PlanNotes.excluded + [
      "the cost of communication in the choice: sizes that cut a layer over many devices look better than they are; "
        + "give --tensor, --expert and --context as lists of what your network carries",
      "uneven stages, and recompute policies and settings that are not in the request's lists",
    ]
}
