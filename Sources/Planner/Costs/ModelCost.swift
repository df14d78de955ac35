import CostModel
import Quantities

/// A whole model in numbers, at one sequence length and setup, before it is divided over devices.
///
/// A class, so that the stages of a plan share it without copying.
final class ModelCost: Sendable {
  /// The model with the setup's streams.
  let model: ModelShape
  let setup: TrainingSetup
  let connection: ConnectionCost
  /// Every kind of layer function once.
  let kinds: [LayerKindCost]
  /// The kind of each residual layer: two a Transformer layer, then those of the prediction modules.
  let kindOfLayer: [Int]
  /// Parameters before the first layer and after the last.
  let ends: EndCost
  /// Bytes of one token's channels as an activation.
  let channelBytes: Int
  /// For every number of leading residual layers, how many there are of each kind.
  private let countsBefore: [Int]

  /// Costs a model.
  ///
  /// Writing out the ledgers of layer functions is most of the work, so they are taken from `other` where its setup treats
  /// them alike: costs of the same model at the same sequence length, perhaps with another connection.
  init(_ model: ModelShape, setup: TrainingSetup, sequence: Int, like other: ModelCost? = nil) throws {
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
    self.connection = connection
    var withoutLayers = model
    withoutLayers.layers = []
    channelBytes = try setup.precision.activation.bytes(Elements(model.channels)).count
    ends = try EndCost(ModelLedger(of: withoutLayers, sequence: sequence), setup: setup)
    if let other, other.setup.layerRecompute == setup.layerRecompute, other.setup.precision == setup.precision {
      (kinds, kindOfLayer, countsBefore) = (other.kinds, other.kindOfLayer, other.countsBefore)
      return
    }
    var indices: [LayerFunction: Int] = [:]
    var functions: [LayerFunction] = []
    kindOfLayer = (model.layers + model.predictionModules).flatMap(\.functions).map { function in
      if let known = indices[function] { return known }
      indices[function] = functions.count
      functions.append(function)
      return functions.count - 1
    }
    var kinds: [LayerKindCost] = []
    for function in functions {
      kinds.append(try LayerKindCost(function, model: model, sequence: sequence, setup: setup))
    }
    self.kinds = kinds
    var counts = Array(repeating: 0, count: kinds.count)
    countsBefore =
      counts
      + kindOfLayer.flatMap { kind in
        counts[kind] += 1
        return counts
      }
  }

  /// Whether two parts of the model do the same work for a microbatch.
  func isAlike(_ part: Stage, _ other: Stage) -> Bool {
    part.isFirst == other.isFirst && part.isLast == other.isLast
      && kindOfLayer[part.range] == kindOfLayer[other.range]
  }

  /// How many of these residual layers are of a kind.
  func count(of kind: Int, in range: Range<Int>) -> Int {
    countsBefore[range.upperBound * kinds.count + kind] - countsBefore[range.lowerBound * kinds.count + kind]
  }
}
