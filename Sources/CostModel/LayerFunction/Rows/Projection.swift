/// A product of activations with a learned matrix: a parameter row and a work row from one pair of sizes.
///
/// A bias is added inside the product's kernel: its parameters are counted, its additions are not.
struct Projection {
  /// The name of both rows.
  var name: String
  /// Channels in.
  var inputs: Formula
  /// Channels out.
  var outputs: Formula
  /// How the matrix divides over devices.
  var sharding: Sharding
  /// Matrices of this shape that are stored.
  var copies: Formula = 1
  /// Matrices of this shape that a token passes.
  var passes: Formula = 1
  /// Channels written, where they are more than the matrix's height: groups that share its row of outputs.
  var outputTraffic: Formula?
  /// Whether each output channel has a bias.
  var hasBias = false
  /// Where the matrix comes from.
  var source: String

  /// The matrix, and the bias if there is one.
  var parameters: [ParameterRow] {
    let matrix = ParameterRow(
      name, count: copies * inputs * outputs, activeCount: passes * inputs * outputs, sharding: sharding,
      isMatrix: true, source: source)
    guard hasBias else { return [matrix] }
    return [
      matrix,
      ParameterRow(
        "\(name) bias", count: copies * outputs, activeCount: passes * outputs, sharding: sharding, isMatrix: false,
        source: source),
    ]
  }

  /// The product for every token of a sequence.
  var work: WorkRow {
    WorkRow(
      name, flopsPerSequence: 2 * Notation.S * passes * inputs * outputs, kind: .matrix,
      trafficPerToken: passes * (inputs + (outputTraffic ?? outputs)), sharding: workSharding, source: source)
  }

  /// A whole matrix works on a device's own tokens; experts' hidden channels or tokens divide like the layer's.
  private var workSharding: Sharding {
    switch sharding {
    case .replicated, .sequence: .sequence
    case .tensor, .keyValueHeads, .expert: .tensor
    }
  }
}
