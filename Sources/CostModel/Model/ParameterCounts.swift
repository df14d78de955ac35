public import Quantities

/// Learned scalars of a whole model.
public struct ParameterCounts: Hashable, Sendable {
  /// Everything but the multi-token-prediction modules.
  public var total: Elements
  /// What one token is multiplied with, the prediction modules excluded: k of E experts, all of the output head, and
  /// one row of the embedding.
  ///
  /// This is the count of the mHC paper (612M for its 3B model) and of DeepSeek-V3's weights (36.7B). Others count the
  /// embedding in full: see ``activeWithEmbedding``.
  public var active: Elements
  /// ``active`` with the whole embedding table, as Mixtral's 12.9B and Qwen3-30B-A3B's 3.3B are counted.
  public var activeWithEmbedding: Elements
  /// The prediction modules, without the embedding and the output head that they share.
  public var prediction: Elements
  /// What one token uses in the prediction modules, the shared output head included.
  public var activePrediction: Elements

  /// Counts of a model.
  public init(
    total: Elements, active: Elements, activeWithEmbedding: Elements, prediction: Elements, activePrediction: Elements
  ) {
    self.total = total
    self.active = active
    self.activeWithEmbedding = activeWithEmbedding
    self.prediction = prediction
    self.activePrediction = activePrediction
  }
}
