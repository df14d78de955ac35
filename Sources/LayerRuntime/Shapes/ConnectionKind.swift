/// The connections that the runtime has.
public enum ConnectionKind: String, CaseIterable, Hashable, Sendable {
  /// x + F(x), one stream.
  case residual
  /// Hyper-Connections with tanh coefficients, one projection a stream.
  case hyper = "hc"
  /// Manifold-constrained Hyper-Connections.
  case manifold = "mhc"
}

/// Sizes of what a connection makes from one token.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (5), §3, and Eq. (10) to (14), §4.3.1.
public struct ConnectionSizes: Hashable, Sendable {
  /// Rows of a token that are projected: 1, or n where every stream is projected by itself.
  public var rows: Int
  /// Inputs of the projection: nC or C.
  public var inputs: Int
  /// Outputs of the projection for one row: n² + 2n or n + 2.
  public var outputs: Int
  /// n² + 2n: H_pre, H_post and H_res together.
  public var coefficients: Int
  /// Scales α: pre, post, res.
  public var scales: Int

  /// The sizes of a connection; nil for the plain residual, which has no coefficients.
  public init?(_ kind: ConnectionKind, _ shape: LayerShape) {
    let (n, C) = (shape.streams, shape.channels)
    switch kind {
    case .residual: return nil
    case .hyper: (rows, inputs, outputs) = (n, C, n + 2)
    case .manifold: (rows, inputs, outputs) = (1, n * C, n * n + 2 * n)
    }
    coefficients = n * n + 2 * n
    scales = 3
  }

  /// Outputs of the projection for one token.
  public var projections: Int { rows * outputs }
  /// Elements of φ.
  public var weights: Int { inputs * outputs }
  /// φ, α and b.
  public var parameters: Int { weights + scales + coefficients }
}
