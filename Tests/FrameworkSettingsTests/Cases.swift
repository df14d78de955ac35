import CostModel
import Planner
import Profiles

@testable import FrameworkSettings

/// A plan of a built-in model and what a framework makes of it.
struct Case {
  var model: String
  var hardware = "h200"
  var setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper)
  var layout: Layout
  /// Whether the model's multi-token-prediction modules are left out.
  var withoutPrediction = false

  /// A case, with as many microbatches as 64 sequences make.
  init(
    _ model: String, on hardware: String = "h200", data: Int = 8, tensor: Int = 1, pipeline: Int = 1, expert: Int = 1,
    recompute: StreamRecompute = .auto, stageLayers: [Int] = []
  ) {
    self.model = model
    self.hardware = hardware
    setup.streamRecompute = recompute
    layout = Layout(
      data: data, tensor: tensor, pipeline: pipeline, expert: expert, sequence: 4096, globalBatch: 64,
      stageLayers: stageLayers)
  }

  func planner() throws -> Planner {
    var shape = try ModelSource.load(model).shape
    if withoutPrediction { shape.predictionModules = [] }
    return try Planner(
      model: shape, hardware: HardwareSource.load(hardware), setup: setup, sequence: layout.sequence)
  }

  func settings(_ framework: Framework) throws -> FrameworkSettings {
    let planner = try planner()
    return try FrameworkSettings(for: framework, planner, planner.plan(layout))
  }
}

extension FrameworkSettings {
  /// Every flag with its values, as one line each.
  var lines: [String] {
    settings.map { framework.language == .shell ? $0.shellWords.joined(separator: " ") : $0.pythonStatement }
  }
}
