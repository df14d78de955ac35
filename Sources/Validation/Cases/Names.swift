public import CostModel
public import LayerRuntime

// The model and the runtime do not see each other; these are the few names that both have.

extension ConnectionKind {
  /// The connection as the ledger names it.
  public var modelled: Connection {
    switch self {
    case .residual: .residual
    case .hyper: .hyper
    case .manifold: .manifold
    }
  }
}

extension StreamFormat {
  /// The format as the ledger names it.
  public var modelled: NumberFormat { self == .float32 ? .float32 : .bfloat16 }
}

extension Implementation {
  /// The ledger whose rows the plan runs; both fused plans run the rows of §4.3.1, one of them tile by tile.
  public var modelled: Fusion { self == .unfused ? .unfused : .paper }
}

extension ConnectionLedger {
  /// The ledger of what a connection of the runtime does.
  static func of(_ kind: ConnectionKind, _ implementation: Implementation, keepsCoefficients: Bool = true)
    -> ConnectionLedger
  {
    let fusion: Fusion = kind == .residual || kind == .hyper ? .unfused : implementation.modelled
    let found = of(kind.modelled, fusion: fusion, coefficients: keepsCoefficients ? .kept : .recomputed)
    guard let found else { preconditionFailure("every connection of the runtime has a ledger") }
    return found
  }
}

extension SymbolValues {
  /// The sizes of a connection of the runtime.
  init(_ shape: LayerShape, _ convention: Convention) {
    self.init(streams: shape.streams, channels: shape.channels, sinkhornIterations: convention.iterations)
  }
}
