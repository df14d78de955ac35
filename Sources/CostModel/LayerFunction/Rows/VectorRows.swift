/// The rows that most functions share, written once.
extension ParameterRow {
  /// The weight of a norm over `width` channels.
  static func norm(_ name: String, width: Formula, source: String) -> ParameterRow {
    ParameterRow(name, count: width, sharding: .replicated, isMatrix: false, source: source)
  }

  /// The weight of the RMSNorm at the head of a layer function.
  static let preNorm = norm("pre-norm", width: Notation.C, source: "RMSNorm (arXiv:1910.07467)")
}

extension WorkRow {
  /// An operation without matrices: `flops` and `traffic` a token.
  static func vector(
    _ name: String, flops: Formula, traffic: Formula, in trafficClass: TensorClass = .activation, sharding: Sharding,
    source: String
  ) -> WorkRow {
    WorkRow(
      name, flopsPerSequence: Notation.S * flops, kind: .vector, trafficPerToken: traffic, trafficClass: trafficClass,
      sharding: sharding, source: source)
  }

  /// RMSNorms over `width` channels a token together, as ``PreNorm`` counts them.
  static func norm(
    _ name: String, width: Formula, norms: Formula = 1, isWeighted: Bool = true, sharding: Sharding, source: String
  ) -> WorkRow {
    vector(
      name, flops: PreNorm.arithmetic(width: width, norms: norms, isWeighted: isWeighted).flops, traffic: 2 * width,
      sharding: sharding, source: source)
  }

  /// Rotary positions in place: four products and two sums a pair of channels.
  static func rotary(_ name: String = "rotary", channels: Formula, sharding: Sharding, source: String) -> WorkRow {
    vector(name, flops: 3 * channels, traffic: 2 * channels, sharding: sharding, source: source)
  }

  /// SiLU of the gate times the up projection: exponential, sum, quotient and two products a channel.
  static func swiGLU(_ name: String, width: Formula, sharding: Sharding, source: String) -> WorkRow {
    vector(name, flops: 5 * width, traffic: 3 * width, sharding: sharding, source: source)
  }
}
