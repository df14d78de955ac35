/// How a layer function is joined to the residual stream.
public enum Connection: String, CaseIterable, Hashable, Sendable {
  /// x + F(x).
  case residual
  /// Hyper-Connections: n streams, unconstrained mixing.
  case hyper = "hc"
  /// Manifold-constrained Hyper-Connections: mixing made doubly stochastic by Sinkhorn-Knopp.
  case manifold = "mhc"
  /// Hyper-Connections whose streams are not mixed with each other.
  case identity = "identity-hc"
  /// mHC with the mixing a convex sum of the n! permutations.
  case lite = "mhc-lite"
  /// mHC with the mixing a Kronecker product of 2×2 doubly stochastic factors.
  case kronecker = "kromhc"

  /// The levels of fusion that exist for the connection, least fused first.
  public var fusions: [Fusion] {
    switch self {
    case .residual: [.unfused]
    case .hyper: [.eager, .unfused]
    case .manifold, .identity, .lite, .kronecker: Fusion.allCases
    }
  }

  /// Whether the connection can be built with `streams` streams.
  ///
  /// A residual has one stream whatever is asked for; the permutations of mHC-lite are counted in 64 bits up to n = 16 here; the Kronecker
  /// factors of KromHC need a power of two of at least 2.
  public func allows(streams: Int) -> Bool {
    switch self {
    case .residual, .hyper, .manifold, .identity: streams >= 1
    case .lite: (1...16).contains(streams)
    case .kronecker: streams >= 2 && streams.nonzeroBitCount == 1
    }
  }
}

/// How many kernels one connection is cut into.
public enum Fusion: String, CaseIterable, Hashable, Sendable {
  /// A framework's autograd: one tensor an operation.
  case eager
  /// An operation of Table 2 at a time.
  case unfused
  /// The kernels of the paper's section 4.3.1.
  case paper
  /// Merge and coefficients in one pass over the streams, pre-mix and pre-norm in another: (3n+2)C.
  case twoPass = "two-pass"
  /// Everything in one pass, the pre-mix one layer late: (2n+2)C.
  case singlePass = "single-pass"
}
