/// One multi-token-prediction module: an entry, a Transformer layer and a head of its own.
///
/// Embedding and output matrix are the main model's; the norms, the projection and the layer are not. Published totals
/// of DeepSeek-V3 (671B) and V4 leave the modules out, the sizes of their repositories include them.
public struct PredictionModule: Hashable, Sendable {
  /// The next token's embedding joined to the streams of the model before.
  public var entry: ModelPart
  /// The Transformer layer.
  public var layer: LayerKind
  /// The module's final norm and its product with the shared output matrix.
  public var head: ModelPart

  /// All parts, in order.
  public var parts: [ModelPart] { [entry] + layer.parts + [head] }

  /// Two norms, a projection of the embedding and one of every stream, added.
  ///
  /// With one stream this is DeepSeek-V3's product with a 2C×C matrix. A norm keeps its input and a product its input;
  /// the streams before their norm are kept where they were made.
  /// - Source: DeepSeek-V3 (arXiv:2412.19437) §2.2; DeepSeek-V4's inference code, class `MTPBlock`.
  static var entryLedger: LayerFunctionLedger {
    let (n, C) = (Notation.n, Notation.C)
    let source = "DeepSeek-V3 (arXiv:2412.19437) §2.2"
    let embedding = Projection(
      name: "embedding projection", inputs: C, outputs: C, sharding: .replicated, source: source)
    let hidden = Projection(
      name: "stream projection", inputs: C, outputs: C, sharding: .replicated, source: source)
    var hiddenWork = hidden
    hiddenWork.passes = n
    return LayerFunctionLedger(
      parameters: [
        .norm("embedding norm", width: C, source: source), .norm("stream norm", width: C, source: source),
      ] + embedding.parameters + hidden.parameters,
      forward: [
        .norm("embedding and stream norm", width: C + n * C, norms: n + 1, sharding: .sequence, source: source),
        embedding.work, hiddenWork.work,
      ],
      saved: [
        SavedRow("next embedding", C, sharding: .sequence, source: source),
        SavedRow("normalised embedding", C, sharding: .sequence, source: source),
        SavedRow("normalised streams", n * C, sharding: .sequence, source: source),
      ])
  }
}
