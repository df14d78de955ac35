import CostModel

/// What `layer` was asked for, every default filled in.
struct LayerRequest: Encodable {
  var streams: Int
  var channels: Int
  var sinkhornIterations: Int
  var streamFormat: NumberFormat
  var coefficients: CoefficientPolicy
  var levels: [Level]

  /// One connection at one level of fusion.
  struct Level: Hashable, Encodable {
    var connection: Connection
    var fusion: Fusion
  }
}
