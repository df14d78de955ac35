import CostModel
import Quantities

/// What a layout makes of the sizes of a model: one microbatch on one device.
struct DeviceShare: Sendable {
  let layout: Layout
  /// Tokens of a microbatch after context parallelism.
  let contextTokens: Int
  /// T: those of the streams, after sequence parallelism too.
  let tokens: Int
  /// Data-parallel devices that share state under ZeRO: context ranks hold the same weights too, and under DualPipe the
  /// stage at the other end.
  let dataShards: Int
  /// The same for routed experts.
  let expertShards: Int
  /// Each kind of layer function.
  let kinds: [KindShare]
  /// Embedding and output head.
  let front: LocalParameters
  let back: LocalParameters
  /// σ: bytes of the streams at one layer boundary.
  let streamBytes: Int
  /// x: bytes of layer input and norm.
  let transientBytes: Int
  /// Bytes of the layer output and the coefficients kept in every layer.
  let everyLayerBytes: Int
  /// Bytes of the layer output where it is made again: with layer functions recomputed in full.
  let remadeOutputBytes: Int

  /// One kind of layer function on one device.
  struct KindShare: Sendable {
    /// Bytes kept for one microbatch.
    var kept: Int
    /// Bytes made again by the chosen level of recompute.
    var remade: Int
    var parameters: LocalParameters
  }

  /// The share of one device.
  ///
  /// - Parameters:
  ///   - layout: the layout.
  ///   - cost: the model.
  ///   - other: the same layout's share of a model with the same layer functions, to take theirs from.
  /// - Throws: `OverflowError` when a size does not fit in 64 bits.
  init(_ layout: Layout, _ cost: ModelCost, like other: DeviceShare? = nil) throws(OverflowError) {
    self.layout = layout
    contextTokens = try product("tokens of a microbatch", layout.microbatch, layout.sequence / layout.context)
    tokens = contextTokens / layout.sequenceShards
    let connection = cost.connection
    streamBytes = try product("bytes of the streams", connection.streamBytes, tokens)
    transientBytes = try product("bytes of layer inputs", connection.transientBytes, tokens)
    let activation = cost.setup.precision.activation.bits / 8
    let outputElements = try product("layer output", cost.model.channels, tokens)
    let output = try product("bytes of a layer output", outputElements, connection.outputsKept * activation)
    let coefficients = Bytes(try product("bytes of coefficients", connection.coefficientBytes, tokens))
    let remakesOutput = cost.setup.layerRecompute == .full
    everyLayerBytes = remakesOutput ? coefficients.count : try (Bytes(output) + coefficients).count
    remadeOutputBytes = remakesOutput ? output : 0
    if let other {
      kinds = other.kinds
    } else {
      var kinds: [KindShare] = []
      kinds.reserveCapacity(cost.kinds.count)
      for kind in cost.kinds {
        kinds.append(
          KindShare(
            kept: try kind.kept.bytes(tokens: contextTokens, layout: layout),
            remade: try kind.remade.bytes(tokens: contextTokens, layout: layout),
            parameters: try LocalParameters(kind.parameters, layout)))
      }
      self.kinds = kinds
    }
    dataShards = try product("data-parallel shards", layout.data, layout.context, layout.weightCopies)
    expertShards = try product("expert shards", layout.stageDevices / layout.expert, layout.weightCopies)
    front = try LocalParameters(cost.ends.front, layout)
    back = try LocalParameters(cost.ends.back, layout)
  }

  /// What the output head's products read: its own matrix, or the embedding where they are one.
  ///
  /// Prediction modules read the matrix again, right after; that is left to what their products take.
  func head(of model: ModelShape) -> LocalParameters { model.tiesEmbeddings ? front : back }
}

/// Learned scalars on one device, by how ZeRO and the optimizer treat them.
struct LocalParameters: Sendable {
  /// In matrices, routed experts apart.
  var matrices = Elements.zero
  /// Everything else but routed experts.
  var others = Elements.zero
  /// In routed experts.
  var experts = Elements.zero

  init() {}

  init(_ rows: [LayerKindCost.ParameterCost], _ layout: Layout) throws(OverflowError) {
    for row in rows {
      let shards =
        switch row.sharding {
        case .replicated, .sequence: 1
        case .tensor, .keyValueHeads: layout.tensor
        case .expert: layout.expert
        }
      let local = Elements(shards == 1 ? row.count : row.count / shards + (row.count % shards == 0 ? 0 : 1))
      if row.sharding == .expert {
        try experts += local
      } else if row.isMatrix {
        try matrices += local
      } else {
        try others += local
      }
    }
  }

  mutating func add(_ other: LocalParameters, times: Int) throws(OverflowError) {
    try matrices += times * other.matrices
    try others += times * other.others
    try experts += times * other.experts
  }

  /// All of them.
  var total: Elements {
    get throws(OverflowError) { try matrices + others + experts }
  }
}
