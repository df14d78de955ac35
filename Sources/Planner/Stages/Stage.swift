import CostModel
import Quantities

/// One pipeline stage on one device of a layout.
struct Stage: Sendable {
  /// Counted from 0.
  let index: Int
  let isFirst: Bool
  let isLast: Bool
  /// M.
  let inFlight: Int
  /// The kinds of the residual layers, front to back.
  let kinds: [Int]
  /// How often each kind occurs.
  let kindCounts: [Int]

  init(_ index: Int, layers: Range<Int>, layout: Layout, cost: ModelCost) {
    self.index = index
    isFirst = index == 0
    isLast = index == layout.pipeline - 1
    inFlight = layout.inFlight(stage: index)
    kinds = cost.stageKinds(layers, isLast: isLast)
    var counts = Array(repeating: 0, count: cost.kinds.count)
    for kind in kinds { counts[kind] += 1 }
    kindCounts = counts
  }

  /// L: residual layers.
  var layers: Int { kinds.count }
}

/// What a layout makes of the sizes of a model: one microbatch on one device.
struct DeviceShare: Sendable {
  let layout: Layout
  /// Tokens of a microbatch after context parallelism.
  let contextTokens: Int
  /// T: those of the streams, after sequence parallelism too.
  let tokens: Int
  /// Bytes that each kind of layer function keeps.
  let keptBytes: [Int]
  /// Bytes that each kind makes again.
  let remadeBytes: [Int]
  /// σ: bytes of the streams at one layer boundary.
  let streamBytes: Int
  /// x: bytes of layer input and norm.
  let transientBytes: Int
  /// Bytes of the layer output and the coefficients kept in every layer.
  let everyLayerBytes: Int
  /// Bytes of the layer output, where it is made again.
  let remadeOutputBytes: Int

  init(_ layout: Layout, _ cost: ModelCost) throws(OverflowError) {
    self.layout = layout
    contextTokens = try product("tokens of a microbatch", layout.microbatch, layout.sequence / layout.context)
    tokens = contextTokens / layout.sequenceShards
    var (kept, remade): ([Int], [Int]) = ([], [])
    for kind in cost.kinds {
      kept.append(try kind.kept.bytes(tokens: contextTokens, layout: layout))
      remade.append(try kind.remade.bytes(tokens: contextTokens, layout: layout))
    }
    keptBytes = kept
    remadeBytes = remade
    let connection = cost.connection
    streamBytes = try product("bytes of the streams", connection.streamBytes, tokens)
    transientBytes = try product("bytes of layer inputs", connection.transientBytes, tokens)
    let activation = cost.setup.precision.activation.bits / 8
    let output = try product("bytes of a layer output", connection.outputsKept, cost.model.channels, activation, tokens)
    let coefficients = try product("bytes of coefficients", connection.coefficientBytes, tokens)
    let remakesOutput = cost.setup.layerRecompute == .full
    remadeOutputBytes = remakesOutput ? output : 0
    everyLayerBytes = try (Bytes(remakesOutput ? 0 : output) + Bytes(coefficients)).count
  }
}
