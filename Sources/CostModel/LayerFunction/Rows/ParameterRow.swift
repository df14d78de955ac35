/// One learned tensor, or several of one shape.
public struct ParameterRow: Hashable, Sendable {
  /// The name as printed: `query down`, `experts gate`.
  public var name: String
  /// Learned scalars, over all devices.
  public var count: Formula
  /// The scalars that one token uses: k of E experts, one row of the embedding.
  public var activeCount: Formula
  /// How the tensor divides over devices.
  public var sharding: Sharding
  /// Whether an optimizer for matrices (Muon) takes it; AdamW takes vectors, scalars, embedding and output head.
  /// - Source: DeepSeek-V4 (arXiv:2606.19348) §2.4: AdamW for embedding, prediction head and norms, Muon for the rest.
  public var isMatrix: Bool
  /// Where the row comes from.
  public var source: String

  /// A row of `count` scalars, of which a token uses `activeCount` (all, when left out).
  public init(
    _ name: String, count: Formula, activeCount: Formula? = nil, sharding: Sharding, isMatrix: Bool, source: String
  ) {
    self.name = name
    self.count = count
    self.activeCount = activeCount ?? count
    self.sharding = sharding
    self.isMatrix = isMatrix
    self.source = source
  }
}
