import CostModel

/// What `layer` was asked for, every default filled in.
struct LayerRequest: Encodable {
  var streams: Int
  var channels: Int
  var sinkhornIterations: Int
  var streamFormat: NumberFormat
  var coefficients: CoefficientPolicy
  var levels: [Level]
  /// Where what is shown is not what the options say.
  var notes: [String]

  private enum CodingKeys: CodingKey {
    case streams, channels, sinkhornIterations, streamFormat, coefficients, levels
  }

  /// One connection at one level of fusion.
  struct Level: Hashable, Encodable {
    var connection: Connection
    var fusion: Fusion
  }
}
