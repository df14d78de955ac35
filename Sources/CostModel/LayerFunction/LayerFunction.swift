public import Quantities

/// The function of one residual layer.
public enum LayerFunction: Hashable, Sendable {
  /// Attention of some form.
  case attention(Attention)
  /// A feed-forward network, dense or a mixture of experts.
  case feedForward(FeedForward)

  /// Parameters, forward work and saved tensors.
  public var ledger: LayerFunctionLedger {
    switch self {
    case .attention(let attention): attention.ledger
    case .feedForward(let feedForward): feedForward.ledger
    }
  }

  /// A value for every symbol in ``ledger``.
  ///
  /// - Parameters:
  ///   - shape: the model that the function is part of.
  ///   - sequence: S, tokens of a sequence, at least 1.
  /// - Returns: the sizes, those of the model and the sequence included.
  /// - Throws: `OverflowError` when a count of query-key pairs does not fit in 64 bits.
  public func values(in shape: ModelShape, sequence: Int) throws(OverflowError) -> SymbolValues {
    switch self {
    case .attention(let attention): try attention.values(in: shape, sequence: sequence)
    case .feedForward(let feedForward): feedForward.values(in: shape, sequence: sequence)
    }
  }
}

extension TransformerLayer {
  /// The functions of the layer's two residual layers, in order.
  public var functions: [LayerFunction] { [.attention(attention), .feedForward(feedForward)] }
}

extension Attention {
  /// Parameters, forward work and saved tensors.
  public var ledger: LayerFunctionLedger {
    switch self {
    case .grouped(let attention): attention.ledger
    case .latent(let attention): attention.ledger
    case .compressed(let attention): attention.ledger
    }
  }

  /// A value for every symbol in ``ledger``.
  ///
  /// - Parameters:
  ///   - shape: the model that the function is part of.
  ///   - sequence: S, tokens of a sequence, at least 1.
  /// - Returns: the sizes, those of the model and the sequence included.
  /// - Throws: `OverflowError` when a count of query-key pairs does not fit in 64 bits.
  public func values(in shape: ModelShape, sequence: Int) throws(OverflowError) -> SymbolValues {
    var values = SymbolValues(shape: shape, sequence: sequence)
    switch self {
    case .grouped(let attention): try attention.setValues(&values, sequence: sequence)
    case .latent(let attention): try attention.setValues(&values, sequence: sequence)
    case .compressed(let attention): try attention.setValues(&values, sequence: sequence)
    }
    return values
  }
}

extension FeedForward {
  /// Parameters, forward work and saved tensors.
  public var ledger: LayerFunctionLedger {
    switch self {
    case .dense(let network): network.ledger
    case .mixture(let mixture): mixture.ledger
    }
  }

  /// A value for every symbol in ``ledger``.
  ///
  /// - Parameters:
  ///   - shape: the model that the function is part of.
  ///   - sequence: S, tokens of a sequence, at least 1.
  /// - Returns: the sizes, those of the model and the sequence included.
  public func values(in shape: ModelShape, sequence: Int) -> SymbolValues {
    var values = SymbolValues(shape: shape, sequence: sequence)
    switch self {
    case .dense(let network): network.setValues(&values)
    case .mixture(let mixture): mixture.setValues(&values)
    }
    return values
  }
}

extension SymbolValues {
  /// The sizes that all parts of a model share.
  init(shape: ModelShape, sequence: Int) {
    self.init(streams: shape.streams, channels: shape.channels, sinkhornIterations: shape.sinkhornIterations)
    self[.sequence] = sequence
    self[.vocabulary] = shape.vocabulary
  }
}
