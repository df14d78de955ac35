extension LayerFunction {
  /// Messages between the devices that share the function.
  ///
  /// Formulas are in the symbols of ``ledger`` and evaluate at its values.
  public var messages: LayerMessages {
    switch self {
    case .attention(.grouped(let attention)): attention.messages
    case .attention(.latent(let attention)): attention.messages
    case .attention(.compressed(let attention)): attention.messages
    case .feedForward(.dense): .tensor(input: Notation.C, output: Notation.C)
    case .feedForward(.mixture(let mixture)): mixture.messages
    }
  }
}

extension GroupedAttention {
  fileprivate var messages: LayerMessages {
    .tensor(input: Notation.C, output: Notation.C)
      + .joined((Notation.h + 2 * Notation.hKV) * Notation.dHead, heads: Notation.hKV)
      + .ring(keysAndValues: 2 * Notation.hKV * Notation.dHead, heads: Notation.hKV)
  }
}

extension LatentAttention {
  /// Latents are made where their tokens are and come together for the up projections; whole heads go round the ring.
  fileprivate var messages: LayerMessages {
    let query = queryRank == nil ? Notation.C : Notation.rQ
    let heads = Notation.h * (Notation.dNope + Notation.dRope + Notation.dValue)
    return .tensor(input: query + Notation.rKV + Notation.dRope, output: Notation.C)
      + .ring(keysAndValues: heads, heads: Notation.h)
  }
}

extension CompressedAttention {
  /// The query latent, the one key-value head and what it is compressed to come together; other devices' tokens are seen
  /// compressed, but for the window, which is taken as wide as a device's tokens.
  fileprivate var messages: LayerMessages {
    let compressed =
      compressionRatio == 0
      ? .zero : Formula(.compressedChannels) + (indexer == nil ? .zero : Formula(.compressedIndexChannels))
    let source = "DeepSeek-V4 (arXiv:2606.19348) §2.3; derived"
    let window = LayerMessages(
      forward: [
        MessageRow("window", .context, .shift, Notation.dHead, at: .input, rerunBy: .attention, source: source)
      ],
      backward: [
        MessageRow("window and its gradient", .context, .shift, 2 * Notation.dHead, at: .input, source: source)
      ])
    let tensor = LayerMessages.tensor(input: Notation.rQ + Notation.dHead + compressed, output: Notation.C)
    guard compressionRatio > 0 else { return tensor + window }
    let entries = LayerMessages(
      forward: [
        MessageRow("compressed entries", .context, .gather, compressed, at: .input, rerunBy: .attention, source: source)
      ],
      backward: [
        MessageRow("compressed entries again", .context, .gather, compressed, at: .input, source: source),
        MessageRow("gradient of compressed entries", .context, .scatter, compressed, at: .input, source: source),
      ])
    return tensor + window + entries
  }
}

extension MixtureOfExperts {
  /// Each token to its k experts and back, in both passes; shared experts are divided like a dense network.
  ///
  /// A row is one copy of a token; how many are sent follows from ``reach(ofShares:)``. Routing is balanced, as in
  /// ``ledger``. Dispatched in the activations' format: a run that dispatches in 8 bits sends half of that.
  /// - Source: GShard (arXiv:2006.16668) §3.2; DeepSeek-V3 (arXiv:2412.19437) §3.2.2.
  fileprivate var messages: LayerMessages {
    let source = "GShard (arXiv:2006.16668) §3.2"
    let routed = LayerMessages(
      forward: [
        MessageRow("dispatch", .expert, .exchange, Notation.C, at: .input, source: source),
        MessageRow("combine", .expert, .exchange, Notation.C, at: .output, source: source),
      ],
      backward: [
        MessageRow("gradient of combine", .expert, .exchange, Notation.C, at: .output, source: source),
        MessageRow("gradient of dispatch", .expert, .exchange, Notation.C, at: .input, source: source),
      ])
    guard sharedExperts == 0 else { return .tensor(input: Notation.C, output: Notation.C) + routed }
    // Nothing is divided: tensor-parallel devices take different tokens.
    let sums = LayerMessages(
      forward: [MessageRow("layer output", .tensor, .sum, Notation.C, at: .output, source: source)],
      backward: [MessageRow("gradient of the layer input", .tensor, .sum, Notation.C, at: .input, source: source)])
    return routed + sums
  }
}
