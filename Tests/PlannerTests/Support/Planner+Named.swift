import CostModel
import Planner
import Profiles
import Quantities

extension Planner {
  /// A planner of a built-in model on a built-in device; without messages, the device has no interconnect.
  static func named(
    _ model: String, on hardware: String = "h800", _ setup: TrainingSetup, sequence: Int, hasMessages: Bool = true
  ) throws -> Planner {
    var device = try HardwareSource.load(hardware)
    if !hasMessages { device.interconnect = nil }
    return try Planner(
      model: ModelSource.load(model).shape, hardware: device, setup: setup, sequence: sequence)
  }
}
