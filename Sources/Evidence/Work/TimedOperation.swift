/// What a table of times names as one operation.
public enum TimedOperation: String, CaseIterable, Hashable, Sendable {
  /// Equations (14) and (15): product with φ and norm.
  case projectionForward = "projection forward"
  /// Its gradients.
  case projectionBackward = "projection backward"
  /// Equation (19).
  case sinkhornForward = "sinkhorn forward"
  /// Its gradient.
  case sinkhornBackward = "sinkhorn backward"
  /// H_pre x, called aggregate by Megatron-LM and TransformerEngine.
  case aggregateForward = "aggregate forward"
  /// Its gradients.
  case aggregateBackward = "aggregate backward"
  /// H_res x + H_postᵀ y.
  case postForward = "post forward"
  /// Its gradients.
  case postBackward = "post backward"
  /// An engine's two calls, before attention and before the feed-forward: coefficients, Sinkhorn and H_pre x.
  case pre
  /// An engine's two calls after them: H_res x + H_postᵀ y.
  case post

  /// The operations of one connection, kernel by kernel.
  public static let kernels: [TimedOperation] = allCases.filter { $0.calls == 1 }

  /// Connections in one timed row.
  public var calls: Int { self == .pre || self == .post ? 2 : 1 }

  /// Whether it is Sinkhorn alone, whose few bytes are no matter of bandwidth.
  public var isSinkhorn: Bool { self == .sinkhornForward || self == .sinkhornBackward }
}
