import CostModel
import Planner
import Profiles
import Quantities

extension Planner {
  /// A planner of a built-in model on a built-in device.
  static func named(
    _ model: String, on hardware: String = "h800", _ setup: TrainingSetup, sequence: Int
  ) throws -> Planner {
    try Planner(
      model: ModelSource.load(model).shape, hardware: HardwareSource.load(hardware), setup: setup, sequence: sequence)
  }
}
