import CostModel

/// The sizes of a model that a layout has to divide.
struct LayoutLimits: Sendable {
  /// Transformer layers.
  let layers: Int
  /// Attention heads of every kind of layer.
  let heads: [Int]
  /// Channels of every kind of dense feed-forward.
  let intermediates: [Int]
  /// Routed experts of every kind of mixture.
  let experts: [Int]

  init(_ model: ModelShape) {
    layers = model.layers.count
    var (heads, intermediates, experts): (Set<Int>, Set<Int>, Set<Int>) = ([], [], [])
    for layer in Set(model.layers + model.predictionModules) {
      heads.insert(layer.attention.heads)
      switch layer.feedForward {
      case .dense(let network): intermediates.insert(network.intermediate)
      case .mixture(let mixture): experts.insert(mixture.routedExperts)
      }
    }
    self.heads = heads.sorted()
    self.intermediates = intermediates.sorted()
    self.experts = experts.sorted()
  }
}

extension Attention {
  /// Query heads, which tensor parallelism divides.
  fileprivate var heads: Int {
    switch self {
    case .grouped(let attention): attention.heads
    case .latent(let attention): attention.heads
    case .compressed(let attention): attention.heads
    }
  }
}
