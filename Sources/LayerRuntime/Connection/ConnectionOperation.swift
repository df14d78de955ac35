/// One kernel of a connection, by the name that its row in the ledger has.
public enum ConnectionOperation: String, CaseIterable, Hashable, Sendable {
  case project
  case coefficients
  case sinkhorn
  /// Projection, coefficients and Sinkhorn as the one row of Table 2.
  case allCoefficients = "coefficients (Table 2)"
  case preMix = "pre-mix"
  case post
  case resMix = "res-mix"
  /// res + post.
  case mergeSum = "merge (Table 2)"
  /// Mixing and post in one kernel; x + y for a residual.
  case merge
  case mergeBackward = "merge backward"
  /// The merge backwards without the stream's gradient.
  case mergeGradients = "merge gradients"
  case resMixBackward = "res-mix backward"
  case postBackward = "post backward"
  /// To a tensor of its own.
  case preMixBackward = "pre-mix backward (Table 2)"
  /// Adding to the stream's gradient in place.
  case preMixBackwardInPlace = "pre-mix backward"
  /// The gradient of H_pre alone.
  case preMixGradients = "pre-mix gradients"
  case sinkhornBackward = "sinkhorn backward"
  case coefficientsBackward = "coefficients backward"
  case projectBackward = "project backward"
  /// Sinkhorn, coefficients and projection backwards as one row, to a tensor of its own.
  case allCoefficientsBackward = "coefficients backward (Table 2)"
  case accumulatePre = "accumulate pre"
  case accumulateCoefficients = "accumulate coef"
  /// Everything that makes the stream's gradient, in one pass.
  ///
  /// It reads x and ∂x' again, which the merge's and the pre-mix's gradients have just read: with 16 tokens of a tiled
  /// plan from a cache, over all tokens from memory. Each thread's sums for ∂φ, as large as φ, are read and written once
  /// for every 16 tokens of a tiled plan.
  case streamBackward = "pre-mix-project backward"

  /// The name of the ledger's row; two operations that do the same work in different ways share it.
  public var ledgerName: String {
    rawValue.hasSuffix(" (Table 2)") ? String(rawValue.dropLast(" (Table 2)".count)) : rawValue
  }
}

/// How a connection is cut into kernels.
public enum Implementation: String, CaseIterable, Hashable, Sendable {
  /// Double precision and plain loops: ``ReferenceConnection``.
  case reference
  /// One operation of Table 2 at a time, each over all tokens.
  case unfused
  /// The kernels of the paper's §4.3.1, each over all tokens.
  case fused
  /// All kernels on a few tokens at a time, while these are in a cache near the core.
  case fastest
}

/// The operations of one pass, in order, the layer function between the two halves.
public struct ConnectionPlan: Hashable, Sendable {
  /// Up to the layer's input u.
  public var before: [ConnectionOperation]
  /// From the layer's output y to x'.
  public var after: [ConnectionOperation]
  /// From ∂x' to ∂y.
  public var backwardBefore: [ConnectionOperation]
  /// From ∂u to ∂x and the gradients of the parameters.
  public var backwardAfter: [ConnectionOperation]
  /// Whether each half runs on a few tokens at a time.
  public var isTiled: Bool

  /// The plan of an implementation.
  /// - Parameters:
  ///   - kind: the connection.
  ///   - implementation: any but `reference`, which has no kernels.
  ///   - channels: C; every plan takes any count.
  public init(_ kind: ConnectionKind, _ implementation: Implementation, channels: Int) {
    isTiled = implementation == .fastest
    if kind == .residual {
      (before, after, backwardBefore, backwardAfter) = ([], [.merge], [], [.mergeBackward])
      return
    }
    switch implementation {
    case .unfused, .reference:
      before = [.allCoefficients, .preMix]
      after = [.post, .resMix, .mergeSum]
      backwardBefore = [.resMixBackward, .postBackward]
      backwardAfter = [.preMixBackward, .allCoefficientsBackward, .accumulatePre, .accumulateCoefficients]
    case .fused, .fastest:
      let constrain: [ConnectionOperation] = kind == .manifold ? [.sinkhorn] : []
      let constrainBackward: [ConnectionOperation] = kind == .manifold ? [.sinkhornBackward] : []
      before = [.project, .coefficients] + constrain + [.preMix]
      after = [.merge]
      if implementation == .fastest {
        backwardBefore = [.mergeGradients]
        backwardAfter = [.preMixGradients] + constrainBackward + [.coefficientsBackward, .streamBackward]
      } else {
        backwardBefore = [.mergeBackward]
        backwardAfter = [.preMixBackwardInPlace] + constrainBackward + [.coefficientsBackward, .projectBackward]
      }
    }
  }
}
