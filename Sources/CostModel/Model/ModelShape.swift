/// The sizes of a whole model: everything that the cost model needs to know of it.
public struct ModelShape: Hashable, Sendable {
  /// The profile's name, or the file it was read from.
  public var name: String
  /// The family as Hugging Face's `model_type` names it: `deepseek_v4`, `llama`.
  public var family: String
  /// C, the hidden size.
  public var channels: Int
  /// V, rows of the embedding.
  public var vocabulary: Int
  /// Whether the output head is the embedding, transposed.
  public var tiesEmbeddings: Bool
  /// n, as the model was trained; 1 for a plain residual.
  public var streams: Int
  /// t, Sinkhorn-Knopp iterations.
  public var sinkhornIterations: Int
  /// S, the sequence length to plan for when none is given.
  public var defaultSequence: Int
  /// The Transformer layers, front to back.
  public var layers: [TransformerLayer]
  /// Multi-token-prediction modules, each a Transformer layer with a projection of its own.
  public var predictionModules: [TransformerLayer]
  /// Learned read-out of the streams before the head (DeepSeek-V4's hc_head); otherwise they are averaged or summed.
  public var hasStreamHead: Bool

  /// A model of these sizes.
  public init(
    name: String, family: String, channels: Int, vocabulary: Int, tiesEmbeddings: Bool, streams: Int = 1,
    sinkhornIterations: Int = 20, defaultSequence: Int, layers: [TransformerLayer],
    predictionModules: [TransformerLayer] = [], hasStreamHead: Bool = false
  ) {
    self.name = name
    self.family = family
    self.channels = channels
    self.vocabulary = vocabulary
    self.tiesEmbeddings = tiesEmbeddings
    self.streams = streams
    self.sinkhornIterations = sinkhornIterations
    self.defaultSequence = defaultSequence
    self.layers = layers
    self.predictionModules = predictionModules
    self.hasStreamHead = hasStreamHead
  }

  /// L: residual layers, two a Transformer layer.
  public var residualLayers: Int { 2 * layers.count }
}

/// One Transformer layer: two residual layers, each with a connection around it.
public struct TransformerLayer: Hashable, Sendable {
  /// The first residual layer's function.
  public var attention: Attention
  /// The second residual layer's function.
  public var feedForward: FeedForward

  /// A layer of these two functions.
  public init(attention: Attention, feedForward: FeedForward) {
    self.attention = attention
    self.feedForward = feedForward
  }
}
