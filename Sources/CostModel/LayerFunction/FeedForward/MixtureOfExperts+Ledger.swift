extension MixtureOfExperts {
  /// The rows of a router, routed experts and shared experts.
  ///
  /// Routing is taken as balanced and nothing is dropped: k tokens come to a device for each of its own. The routing
  /// weight multiplies the SwiGLU output, before the down projection, as in Megatron-LM and DeepSeek-V4, so the
  /// experts' outputs are not kept. Experts are not cut by tensor parallelism: its devices take different tokens.
  /// A hash-routed layer scores like any other; its table from token to experts (k integers a vocabulary entry, not
  /// trained) is no parameter.
  /// - Source: DeepSeekMoE (arXiv:2401.06066); DeepSeek-V3 (arXiv:2412.19437) §2.1.2; DeepSeek-V4's inference code,
  ///   classes `Gate` and `Expert`.
  public var ledger: LayerFunctionLedger {
    LayerFunctionLedger(parameters: [.preNorm]) + router + routed + shared + combine
  }

  private var router: LayerFunctionLedger {
    let (E, k) = (Formula(.routedExperts), Formula(.activeExperts))
    let matrix = Projection(
      name: "router", inputs: Notation.C, outputs: E, sharding: .replicated, hasBias: hasRouterBias, source: source)
    return LayerFunctionLedger(
      parameters: matrix.parameters,
      forward: [
        matrix.work,
        // An exponential, two sums and a quotient an expert; a weight divided and scaled for each picked one.
        .vector(
          "routing scores", flops: 4 * E + 2 * k, traffic: 2 * E + 2 * k, in: .single, sharding: .sequence,
          source: source),
      ],
      saved: [
        SavedRow("router scores", E, tensorClass: .single, sharding: .sequence, source: source),
        SavedRow("routing weights and places", 2 * k, tensorClass: .single, sharding: .sequence, source: source),
      ])
  }

  private var routed: LayerFunctionLedger {
    let (C, I) = (Notation.C, Formula(.expertIntermediate))
    let (E, k) = (Formula(.routedExperts), Formula(.activeExperts))
    let up = Projection(
      name: "experts gate and up", inputs: C, outputs: 2 * I, sharding: .expert, copies: E, passes: k, source: source)
    let down = Projection(
      name: "experts down", inputs: I, outputs: C, sharding: .expert, copies: E, passes: k, source: source)
    return LayerFunctionLedger(
      parameters: up.parameters + down.parameters,
      forward: [
        .vector("permute to experts", flops: 0, traffic: (1 + k) * C, sharding: .sequence, source: source),
        up.work, .swiGLU("experts SwiGLU", width: k * I, sharding: .tensor, source: source), down.work,
      ],
      saved: [
        SavedRow("permuted inputs", k * C, sharding: .sequence, source: source),
        SavedRow("experts gate and up", 2 * k * I, sharding: .tensor, source: source),
        SavedRow("experts SwiGLU output", k * I, sharding: .tensor, source: source),
      ])
  }

  private var shared: LayerFunctionLedger {
    guard sharedExperts > 0 else { return LayerFunctionLedger() }
    let width = Formula(.sharedExperts) * Formula(.sharedIntermediate)
    let up = Projection(
      name: "shared gate and up", inputs: Notation.C, outputs: 2 * width, sharding: .tensor, source: source)
    let down = Projection(
      name: "shared down", inputs: width, outputs: Notation.C, sharding: .tensor, source: source)
    let rows = LayerFunctionLedger(
      parameters: up.parameters + down.parameters,
      forward: [up.work, .swiGLU("shared SwiGLU", width: width, sharding: .tensor, source: source), down.work],
      saved: [
        SavedRow("shared gate and up", 2 * width, sharding: .tensor, source: source),
        SavedRow("shared SwiGLU output", width, sharding: .tensor, source: source),
      ])
    return gatesSharedExpert ? rows + sharedGate : rows
  }

  /// One number a token scales the shared experts' output, which is kept for its gradient.
  private var sharedGate: LayerFunctionLedger {
    let source = "Qwen2-MoE (arXiv:2407.10671) §2.2"
    let gate = Projection(
      name: "shared gate", inputs: Notation.C, outputs: 1, sharding: .replicated, source: source)
    return LayerFunctionLedger(
      parameters: gate.parameters, forward: [gate.work],
      saved: [
        SavedRow("shared gate", 1, sharding: .sequence, source: source),
        SavedRow("shared output", Notation.C, sharding: .sequence, source: source),
      ])
  }

  /// The k expert outputs of a token added up, the shared experts' with them.
  private var combine: LayerFunctionLedger {
    let inputs = Formula(.activeExperts) + (sharedExperts > 0 ? 1 : 0)
    return LayerFunctionLedger(
      forward: [
        .vector(
          "combine", flops: inputs * Notation.C, traffic: (inputs + 1) * Notation.C, sharding: .sequence,
          source: source)
      ])
  }

  private var source: String { "DeepSeekMoE (arXiv:2401.06066)" }

  /// A value for every symbol that is special to this form.
  func setValues(_ values: inout SymbolValues) {
    values[.routedExperts] = routedExperts
    values[.activeExperts] = activeExperts
    values[.sharedExperts] = sharedExperts
    values[.expertIntermediate] = expertIntermediate
    values[.sharedIntermediate] = sharedIntermediate
  }
}
