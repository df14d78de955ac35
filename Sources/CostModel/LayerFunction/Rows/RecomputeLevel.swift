/// What of a layer function is made again in the backward pass instead of being kept.
public enum RecomputeLevel: String, CaseIterable, Hashable, Comparable, Sendable {
  /// Everything that the backward pass reads is kept.
  case none
  /// The attention core alone runs again, from its kept inputs.
  ///
  /// Dropped are what the core makes: its output and the log-sum-exp of its scores. FlashAttention never stores the
  /// scores themselves, which are what this level drops without it, so it saves little here: a framework whose output
  /// projection holds the core's output (Megatron-LM's `core_attn`) saves the log-sum-exp alone. Running a whole
  /// attention function again, projections included, is ``full`` in its residual layer and ``none`` in the next.
  /// - Source: Korthikanti et al. (arXiv:2205.05198) §5 "selective"; Megatron Bridge guide, "Activation Recomputation":
  ///   with Flash Attention compare `core_attn` to no recomputation.
  case attention
  /// The whole function runs again from the normalised layer input; nothing of it is kept.
  case full

  /// Orders by how much is made again.
  public static func < (left: RecomputeLevel, right: RecomputeLevel) -> Bool { left.order < right.order }

  private var order: Int {
    switch self {
    case .none: 0
    case .attention: 1
    case .full: 2
    }
  }
}
