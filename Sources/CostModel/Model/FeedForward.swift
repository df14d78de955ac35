/// The feed-forward function of one layer.
public enum FeedForward: Hashable, Sendable {
  /// Every token through one network.
  case dense(DenseFeedForward)
  /// Every token through a few of many experts.
  case mixture(MixtureOfExperts)
}

/// Two matrices with GELU between them, or three with SwiGLU.
public struct DenseFeedForward: Hashable, Sendable {
  /// I.
  public var intermediate: Int
  /// Whether there is a gate beside the up projection (SwiGLU), or not (GELU).
  public var isGated: Bool
  /// Bias on every projection.
  public var hasBias: Bool

  /// A network of these sizes.
  public init(intermediate: Int, isGated: Bool = true, hasBias: Bool = false) {
    self.intermediate = intermediate
    self.isGated = isGated
    self.hasBias = hasBias
  }
}

/// A router, routed experts and shared experts, all SwiGLU.
public struct MixtureOfExperts: Hashable, Sendable {
  /// E.
  public var routedExperts: Int
  /// k.
  public var activeExperts: Int
  /// E_s.
  public var sharedExperts: Int
  /// I_e of one routed expert.
  public var expertIntermediate: Int
  /// I_s of one shared expert.
  public var sharedIntermediate: Int
  /// One bias an expert, for balancing without a loss term.
  public var hasRouterBias: Bool
  /// Experts looked up from the token's identity (DeepSeek-V4's first layers) instead of scored.
  public var isHashRouted: Bool
  /// A learned gate on the shared expert's output (Qwen2-MoE); C parameters.
  public var gatesSharedExpert: Bool
  /// The groups that a token's experts are picked from; nil where any experts may be picked.
  public var groups: ExpertGroups?

  /// A mixture of these sizes.
  public init(
    routedExperts: Int, activeExperts: Int, sharedExperts: Int, expertIntermediate: Int, sharedIntermediate: Int,
    hasRouterBias: Bool = false, isHashRouted: Bool = false, gatesSharedExpert: Bool = false,
    groups: ExpertGroups? = nil
  ) {
    self.routedExperts = routedExperts
    self.activeExperts = activeExperts
    self.sharedExperts = sharedExperts
    self.expertIntermediate = expertIntermediate
    self.sharedIntermediate = sharedIntermediate
    self.hasRouterBias = hasRouterBias
    self.isHashRouted = isHashRouted
    self.gatesSharedExpert = gatesSharedExpert
    self.groups = groups
  }
}

/// Node-limited routing: experts in groups of neighbours, a few of which a token is routed to at all.
///
/// - Source: DeepSeek-V3 (arXiv:2412.19437) §2.1.2; its config.json: `n_group`, `topk_group`.
public struct ExpertGroups: Hashable, Sendable {
  /// Groups of equal size; a divisor of E.
  public var count: Int
  /// Groups that a token's experts come from, at most.
  public var active: Int

  /// Groups, of which a token sees `active`.
  public init(count: Int, active: Int) {
    self.count = count
    self.active = active
  }
}
