import CostModel
import Messages

/// Reads a model in the project's own format, for what a Hugging Face configuration has no word for.
///
/// One object, every key of which is known:
/// - `schema`: `mhc-plan/model/1`.
/// - `name`, `family`: texts; `family` names the architecture as Hugging Face's `model_type` does.
/// - `channels`, `vocabulary`, `defaultSequence`: whole numbers. `tiesEmbeddings`, `streamHead`: default false.
/// - `streams`, `sinkhornIterations`: default 1 and 20.
/// - `attentions`, `feedForwards`: the functions of the layers, by a name of the author's choice
///   (their keys: ``ObjectReader/attention()``, ``ObjectReader/feedForward()``).
/// - `layers`: runs, front to back (``LayerRuns``); `predictionModules`: the same, default none.
/// - `published`: `total` and `active`, each with `parameters`, `significantDigits` and `source`; default none.
/// - `source`, `notes`: texts, in any object; where its numbers come from, and what there is to say about them.
enum ModelProfile {
  static let schema = "mhc-plan/model/1"

  /// The model that the reader's document describes.
  static func read(_ reader: ObjectReader, origin: ProfileOrigin) throws(ProfileError) -> LoadedModel {
    _ = try reader.string("schema", oneOf: [schema])
    let functions = LayerFunctions(
      attentions: try reader.functions("attentions") { reader throws(ProfileError) in try reader.attention() },
      feedForwards: try reader.functions("feedForwards") { reader throws(ProfileError) in try reader.feedForward() })
    let runs = try reader.layerRuns("layers", functions, limit: ModelLimits.layers.upperBound)
    let modules = reader.has("predictionModules")
    let predictionRuns =
      modules
      ? try reader.layerRuns("predictionModules", functions, limit: ModelLimits.predictionModules.upperBound)
      : LayerRuns()
    for (key, names, used) in [
      ("attentions", Set(functions.attentions.keys), runs.usedAttentions.union(predictionRuns.usedAttentions)),
      ("feedForwards", Set(functions.feedForwards.keys), runs.usedFeedForwards.union(predictionRuns.usedFeedForwards)),
    ] {
      guard let unused = names.subtracting(used).min() else { continue }
      throw reader.error(key, "expected a layer to use \"\(shortened(unused))\", found none")
    }

    let shape = ModelShape(
      name: try reader.string("name", limit: 100), family: try reader.string("family", limit: 100),
      channels: try reader.int("channels", in: ModelLimits.channels),
      vocabulary: try reader.int("vocabulary", in: ModelLimits.vocabulary),
      tiesEmbeddings: try reader.optionalBool("tiesEmbeddings") ?? false,
      streams: try reader.optionalInt("streams", in: ModelLimits.streams) ?? 1,
      sinkhornIterations: try reader.optionalInt("sinkhornIterations", in: ModelLimits.sinkhornIterations) ?? 20,
      defaultSequence: try reader.int("defaultSequence", in: ModelLimits.tokens), layers: runs.layers,
      predictionModules: predictionRuns.layers, hasStreamHead: try reader.optionalBool("streamHead") ?? false)
    let published = try reader.published()
    let notes = try reader.optionalString("notes", limit: 2000).map { [$0] } ?? []
    _ = try reader.optionalString("source", limit: 2000)
    try reader.finish()
    return LoadedModel(shape: shape, origin: origin, notes: notes, published: published)
  }
}

extension ObjectReader {
  /// The objects under the key by their names, of which there has to be one.
  fileprivate func functions<Function>(
    _ key: String, _ read: (ObjectReader) throws(ProfileError) -> Function
  ) throws(ProfileError) -> [String: Function] {
    let named = try object(key)
    var functions: [String: Function] = [:]
    for name in named.members.keys.sorted() { functions[name] = try read(try named.object(name)) }
    if functions.isEmpty { throw error(key, "expected at least one function, found none") }
    return functions
  }

  fileprivate func published() throws(ProfileError) -> PublishedParameters? {
    guard let reader = try optionalObject("published") else { return nil }
    let total = try reader.object("total").publishedCount()
    let active = try reader.optionalObject("active")?.publishedCount()
    try reader.finish()
    return PublishedParameters(total: total, active: active)
  }

  private func publishedCount() throws(ProfileError) -> PublishedParameters.Count {
    let count = PublishedParameters.Count(
      parameters: try int("parameters", in: 1...Int.max), significantDigits: try int("significantDigits", in: 1...18),
      source: try string("source"))
    try finish()
    return count
  }
}
