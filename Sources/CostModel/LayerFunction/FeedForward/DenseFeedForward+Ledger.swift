extension DenseFeedForward {
  /// The rows of two matrices with GELU, or three with SwiGLU.
  ///
  /// Kept are the activation function's input (gate and up, or the one hidden tensor) and its output, the input of the
  /// down projection.
  /// - Source: GLU variants (arXiv:2002.05202); Korthikanti et al. (arXiv:2205.05198) §4.1.
  public var ledger: LayerFunctionLedger {
    let (C, I) = (Notation.C, Formula(.intermediate))
    let up = Projection(
      name: isGated ? "gate and up" : "up", inputs: C, outputs: isGated ? 2 * I : I, sharding: .tensor,
      hasBias: hasBias, source: source)
    var down = Projection(name: "down", inputs: I, outputs: C, sharding: .tensor, source: source)
    down.hasBias = hasBias
    let activation: WorkRow =
      isGated
      ? .swiGLU("SwiGLU", width: I, sharding: .tensor, source: source)
      // GELU by tanh: five inside it (x², x³, its factor, the sum, √(2/π)), the tangent, and three outside.
      : .vector("GELU", flops: 9 * I, traffic: 2 * I, sharding: .tensor, source: "GELU (arXiv:1606.08415)")
    return LayerFunctionLedger(
      parameters: [.preNorm] + up.parameters + down.parameters,
      forward: [up.work, activation, down.work],
      saved: [
        SavedRow(up.name, up.outputs, sharding: .tensor, source: source),
        SavedRow(isGated ? "SwiGLU output" : "GELU output", I, sharding: .tensor, source: source),
      ])
  }

  private var source: String { "Korthikanti et al. (arXiv:2205.05198) §4.1" }

  /// A value for every symbol that is special to this form.
  func setValues(_ values: inout SymbolValues) {
    values[.intermediate] = intermediate
  }
}
