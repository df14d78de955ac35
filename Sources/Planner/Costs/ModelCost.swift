import CostModel
import Quantities

/// A whole model in numbers, at one sequence length and setup, before it is divided over devices.
struct ModelCost: Sendable {
  let model: ModelShape
  let setup: TrainingSetup
  let sequence: Int
  let connection: ConnectionCost
  /// Every kind of layer function once.
  let kinds: [LayerKindCost]
  /// The kind of each residual layer, two a Transformer layer.
  let layerKinds: [Int]
  /// The same for the multi-token-prediction modules, which stand on the last stage.
  let predictionKinds: [Int]
  /// Parameters before the first layer and after the last.
  let ends: EndCost

  init(_ model: ModelShape, setup: TrainingSetup, sequence: Int) throws {
    guard let connection = try ConnectionCost(setup, model: model) else {
      throw PlanError(
        "--fusion",
        "expected one of \(setup.connection.fusions.map(\.rawValue).joined(separator: ", ")) "
          + "for \(setup.connection.rawValue), found \(setup.fusion.rawValue)")
    }
    // A residual has one stream, and so nothing to read out of several.
    var model = model
    model.streams = connection.streams
    if model.streams == 1 { model.hasStreamHead = false }
    self.model = model
    self.setup = setup
    self.sequence = sequence
    self.connection = connection
    ends = try EndCost(ModelLedger(of: model, sequence: sequence), setup: setup)
    var indices: [LayerFunction: Int] = [:]
    var functions: [LayerFunction] = []
    func index(_ function: LayerFunction) -> Int {
      if let known = indices[function] { return known }
      indices[function] = functions.count
      functions.append(function)
      return functions.count - 1
    }
    layerKinds = model.layers.flatMap { $0.functions.map(index) }
    predictionKinds = model.predictionModules.flatMap { $0.functions.map(index) }
    var kinds: [LayerKindCost] = []
    for function in functions {
      kinds.append(try LayerKindCost(function, model: model, sequence: sequence, setup: setup))
    }
    self.kinds = kinds
  }

  /// The kinds of a stage's residual layers, front to back.
  func stageKinds(_ layers: Range<Int>, isLast: Bool) -> [Int] {
    layerKinds[2 * layers.lowerBound..<2 * layers.upperBound] + (isLast ? predictionKinds : [])
  }
}
