public import Quantities

/// A whole model, its connections excluded: embedding, every kind of layer, output head, prediction modules.
///
/// Alike layers are one entry, so that a plan takes time in the kinds of layers and not in the layers.
public struct ModelLedger: Hashable, Sendable {
  /// The model.
  public var shape: ModelShape
  /// S, the tokens of a sequence that every part is costed at.
  public var sequence: Int
  /// From token to streams.
  public var embedding: ModelPart
  /// The distinct layers, in the order in which they first occur.
  public var kinds: [LayerKind]
  /// For every layer, front to back, the place of its kind in ``kinds``.
  public var kindOfLayer: [Int]
  /// From streams to logits.
  public var head: ModelPart
  /// Multi-token-prediction modules, in order.
  public var predictionModules: [PredictionModule]

  /// The ledger of `shape` at sequences of `sequence` tokens.
  ///
  /// - Parameters:
  ///   - shape: a model with sizes of at least 1.
  ///   - sequence: S, at least 1; the model's own when left out.
  /// - Throws: `OverflowError` when a count of query-key pairs does not fit in 64 bits.
  public init(of shape: ModelShape, sequence: Int? = nil) throws(OverflowError) {
    let sequence = sequence ?? shape.defaultSequence
    let values = SymbolValues(shape: shape, sequence: sequence)
    var functions = FunctionCache(shape: shape, sequence: sequence)
    let layers = LayerKinds(shape.layers)
    var kinds: [LayerKind] = []
    for (layer, count) in layers.distinct {
      kinds.append(try LayerKind(layer, count: count, functions: &functions))
    }
    var modules: [PredictionModule] = []
    for (place, layer) in shape.predictionModules.enumerated() {
      let isLast = place == shape.predictionModules.count - 1
      modules.append(
        PredictionModule(
          entry: ModelPart("prediction entry", ledger: PredictionModule.entryLedger, values: values),
          layer: try LayerKind(layer, count: 1, functions: &functions),
          head: ModelPart(
            "prediction head", ledger: shape.outputHead(sharesMatrix: true, isFollowed: !isLast).ledger,
            values: values)))
    }
    self.shape = shape
    self.sequence = sequence
    self.kinds = kinds
    kindOfLayer = layers.indexOfLayer
    embedding = ModelPart("embedding", ledger: Embedding.ledger(isTied: shape.tiesEmbeddings), values: values)
    head = ModelPart(
      "output head",
      ledger: shape.outputHead(sharesMatrix: shape.tiesEmbeddings, isFollowed: !modules.isEmpty).ledger, values: values)
    predictionModules = modules
  }

  /// Everything but the prediction modules, front to back by kind.
  public var parts: [ModelPart] { [embedding] + kinds.flatMap(\.parts) + [head] }

  /// The parts of all prediction modules.
  public var predictionParts: [ModelPart] { predictionModules.flatMap(\.parts) }

  /// The sums of the rows, and of the connections around the layer functions.
  ///
  /// - Parameter connectionParameters: learned scalars of one connection (`ConnectionLedger.parameters`), of which each
  ///   Transformer layer has two, those of the prediction modules included; 0 for a plain residual.
  /// - Returns: the counts.
  /// - Throws: `OverflowError` when a count does not fit in 64 bits.
  public func parameterCounts(connectionParameters: Int = 0) throws(OverflowError) -> ParameterCounts {
    let connections = Elements(
      try product("parameters of the connections", shape.residualLayers, connectionParameters))
    let predictionConnections = Elements(
      try product("parameters of the prediction modules' connections", 2, predictionModules.count, connectionParameters)
    )
    let lookedUp = try embedding.parameters() - embedding.activeParameters()
    let active = try parts.sum { part throws(OverflowError) in try part.activeParameters() } + connections
    return ParameterCounts(
      total: try parts.sum { part throws(OverflowError) in try part.parameters() } + connections,
      active: active,
      activeWithEmbedding: shape.tiesEmbeddings ? active : try active + lookedUp,
      prediction: try predictionParts.sum { part throws(OverflowError) in try part.parameters() }
        + predictionConnections,
      activePrediction: try predictionParts.sum { part throws(OverflowError) in try part.activeParameters() }
        + predictionConnections)
  }

  /// Forward FLOPs of one sequence through embedding, layer functions and output head, prediction modules excluded.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  public func forwardFLOPsPerSequence() throws(OverflowError) -> FLOPs {
    try parts.sum { part throws(OverflowError) in try part.forwardFLOPsPerSequence() }
  }

  /// Forward FLOPs of one sequence through the prediction modules.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  public func predictionFLOPsPerSequence() throws(OverflowError) -> FLOPs {
    try predictionParts.sum { part throws(OverflowError) in try part.forwardFLOPsPerSequence() }
  }

  /// Forward FLOPs of a token in the mean over the sequence, for printing.
  /// - Throws: `OverflowError` when those of the sequence do not fit in 64 bits.
  public func forwardFLOPsPerToken() throws(OverflowError) -> Double {
    Double(try forwardFLOPsPerSequence().count) / Double(sequence)
  }
}

extension ModelShape {
  fileprivate func outputHead(sharesMatrix: Bool, isFollowed: Bool) -> OutputHead {
    OutputHead(
      hasStreamHead: hasStreamHead, hasStreams: streams > 1, sharesMatrix: sharesMatrix, isFollowed: isFollowed)
  }
}
