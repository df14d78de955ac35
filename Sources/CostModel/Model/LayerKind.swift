import Quantities

/// Transformer layers that are alike, costed once.
public struct LayerKind: Hashable, Sendable {
  /// The layer.
  public var layer: TransformerLayer
  /// Its first function; the count is that of the layers of this kind.
  public var attention: ModelPart
  /// Its second function; the count is that of the layers of this kind.
  public var feedForward: ModelPart

  /// Layers of this kind in the model.
  public var count: Int { attention.count }
  /// Both functions, in order.
  public var parts: [ModelPart] { [attention, feedForward] }

  init(_ layer: TransformerLayer, count: Int, functions: inout FunctionCache) throws(OverflowError) {
    self.layer = layer
    attention = try functions.part(.attention(layer.attention), count: count)
    feedForward = try functions.part(.feedForward(layer.feedForward), count: count)
  }
}

/// The distinct layers of a model, so that costing it takes time in the kinds and not in the layers.
struct LayerKinds {
  /// The distinct layers, in the order in which they first occur, with their number.
  private(set) var distinct: [(layer: TransformerLayer, count: Int)] = []
  /// For every layer, front to back, the place of its kind in ``distinct``.
  private(set) var indexOfLayer: [Int] = []

  init(_ layers: [TransformerLayer]) {
    var places: [TransformerLayer: Int] = [:]
    indexOfLayer.reserveCapacity(layers.count)
    for layer in layers {
      let place = places[layer] ?? distinct.count
      if place == distinct.count {
        places[layer] = place
        distinct.append((layer, 0))
      }
      distinct[place].count += 1
      indexOfLayer.append(place)
    }
  }
}
