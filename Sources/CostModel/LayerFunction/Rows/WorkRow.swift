/// One operation of a layer function's forward pass.
public struct WorkRow: Hashable, Sendable {
  /// The name as printed: `query up`, `attention core`.
  public var name: String
  /// FLOPs of one sequence; a multiply-add is two, a product of m×k and k×n matrices 2mnk.
  public var flopsPerSequence: Formula
  /// What limits it.
  public var kind: Kind
  /// Activation elements read and written for a token, each once; parameters are not in it.
  public var trafficPerToken: Formula
  /// What the traffic is, which decides its format.
  public var trafficClass: TensorClass
  /// How the work divides over devices.
  public var sharding: Sharding
  /// The least level of recompute that runs the row again.
  public var rerunBy: RecomputeLevel
  /// Where the row comes from.
  public var source: String

  /// What kind of operation a row is, which decides the rate it runs at.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A product with a weight matrix.
    case matrix
    /// Products of activations with activations: attention cores and the indexer's scores.
    case attention
    /// Element by element, bound by memory.
    case vector
  }

  /// One row of a forward pass.
  public init(
    _ name: String, flopsPerSequence: Formula, kind: Kind, trafficPerToken: Formula,
    trafficClass: TensorClass = .activation, sharding: Sharding, rerunBy: RecomputeLevel = .full, source: String
  ) {
    self.name = name
    self.flopsPerSequence = flopsPerSequence
    self.kind = kind
    self.trafficPerToken = trafficPerToken
    self.trafficClass = trafficClass
    self.sharding = sharding
    self.rerunBy = rerunBy
    self.source = source
  }
}
