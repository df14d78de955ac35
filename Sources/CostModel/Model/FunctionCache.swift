import Quantities

/// The functions costed so far, as kinds of layers share theirs.
struct FunctionCache {
  /// The model that the functions are part of.
  let shape: ModelShape
  /// S.
  let sequence: Int
  private var parts: [LayerFunction: ModelPart] = [:]

  init(shape: ModelShape, sequence: Int) {
    self.shape = shape
    self.sequence = sequence
  }

  /// The function, `count` times.
  mutating func part(_ function: LayerFunction, count: Int) throws(OverflowError) -> ModelPart {
    if var part = parts[function] {
      part.count = count
      return part
    }
    let values = try function.values(in: shape, sequence: sequence)
    let part = ModelPart(function.title, count: count, ledger: function.ledger, values: values)
    parts[function] = part
    return part
  }
}
