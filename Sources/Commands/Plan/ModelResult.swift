import CostModel
import Planner
import Profiles
import Quantities

/// The model's sizes and parameters.
struct ModelResult: Encodable {
  var name: String
  var family: String
  var channels: Int
  var layers: Int
  var residualLayers: Int
  var vocabulary: Int
  var predictionModules: Int
  var parameters: Parameters
  var forwardFLOPsPerToken: Double

  /// Learned scalars, connections included.
  struct Parameters: Encodable {
    var total: Int
    var active: Int
    var activeWithEmbedding: Int
    var connections: Int
    var predictionModules: Int
    var publishedTotal: Int?
    var publishedActive: Int?
  }

  init(_ loaded: LoadedModel, _ planner: Planner) throws {
    let shape = planner.model
    let ledger = try planner.modelLedger()
    let connection = planner.connectionParameters
    let counts = try ledger.parameterCounts(connectionParameters: connection)
    name = shape.name
    family = shape.family
    channels = shape.channels
    layers = shape.layers.count
    residualLayers = shape.residualLayers
    vocabulary = shape.vocabulary
    predictionModules = shape.predictionModules.count
    parameters = Parameters(
      total: counts.total.count, active: counts.active.count, activeWithEmbedding: counts.activeWithEmbedding.count,
      connections: try product("parameters of connections", shape.residualLayers, connection),
      predictionModules: counts.prediction.count, publishedTotal: loaded.published?.total.parameters,
      publishedActive: loaded.published?.active?.parameters)
    forwardFLOPsPerToken = try ledger.forwardFLOPsPerToken()
  }
}
