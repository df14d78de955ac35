/// One tensor that a layer function keeps for its backward pass.
public struct SavedRow: Hashable, Sendable {
  /// The tensor: `q`, `gate and up`.
  public var tensor: String
  /// Elements a token.
  public var elementsPerToken: Formula
  /// What the tensor is, which decides its format: activation, or fp32.
  public var tensorClass: TensorClass
  /// How the tensor divides over devices.
  public var sharding: Sharding
  /// The least level of recompute that does not keep it.
  public var droppedBy: RecomputeLevel
  /// Where the row comes from.
  public var source: String

  /// A tensor of `elementsPerToken` elements a token.
  public init(
    _ tensor: String, _ elementsPerToken: Formula, tensorClass: TensorClass = .activation, sharding: Sharding,
    droppedBy: RecomputeLevel = .full, source: String
  ) {
    self.tensor = tensor
    self.elementsPerToken = elementsPerToken
    self.tensorClass = tensorClass
    self.sharding = sharding
    self.droppedBy = droppedBy
    self.source = source
  }
}
