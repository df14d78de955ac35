import CostModel

// Reads the functions of a profile's layers. Keys are the cost model's own words for the sizes.

extension ObjectReader {
  /// The attention that this object describes.
  ///
  /// Its `kind` is one of
  /// - `grouped`: `heads`, `keyValueHeads`, `headDimension`; optional `window`, `inputBias`, `outputBias`, `headNorms`.
  /// - `latent`: `heads`, `queryRank` (`null` for none), `keyValueRank`, `noPositionDimension`, `ropeDimension`,
  ///   `valueDimension`.
  /// - `compressed`: `heads`, `headDimension`, `ropeDimension`, `queryRank`, `outputGroups`, `outputRank`, `window`,
  ///   `compressionRatio` (0 for the window alone); optional `indexer` with `heads`, `headDimension` and `topK`.
  func attention() throws(ProfileError) -> Attention {
    let attention: Attention
    switch try string("kind", oneOf: ["grouped", "latent", "compressed"]) {
    case "grouped": attention = .grouped(try grouped())
    case "latent": attention = .latent(try latent())
    default: attention = .compressed(try compressed())
    }
    _ = try optionalString("source")
    try finish()
    return attention
  }

  private func grouped() throws(ProfileError) -> GroupedAttention {
    let heads = try int("heads", in: ModelLimits.heads)
    let keyValueHeads = try int("keyValueHeads", in: ModelLimits.heads)
    try check(
      "keyValueHeads", heads % keyValueHeads == 0, expected: "a divisor of heads (\(heads))", found: keyValueHeads)
    return GroupedAttention(
      heads: heads, keyValueHeads: keyValueHeads,
      headDimension: try int("headDimension", in: ModelLimits.headDimension),
      window: try optionalInt("window", in: ModelLimits.tokens), hasInputBias: try optionalBool("inputBias") ?? false,
      hasOutputBias: try optionalBool("outputBias") ?? false, normalizesHeads: try optionalBool("headNorms") ?? false)
  }

  private func latent() throws(ProfileError) -> LatentAttention {
    LatentAttention(
      heads: try int("heads", in: ModelLimits.heads), queryRank: try intOrNull("queryRank", in: ModelLimits.rank),
      keyValueRank: try int("keyValueRank", in: ModelLimits.rank),
      noPositionDimension: try int("noPositionDimension", in: ModelLimits.headDimension),
      ropeDimension: try int("ropeDimension", in: 0...ModelLimits.headDimension.upperBound),
      valueDimension: try int("valueDimension", in: ModelLimits.headDimension))
  }

  private func compressed() throws(ProfileError) -> CompressedAttention {
    let heads = try int("heads", in: ModelLimits.heads)
    let headDimension = try int("headDimension", in: ModelLimits.headDimension)
    let groups = try int("outputGroups", in: ModelLimits.heads)
    try check("outputGroups", heads % groups == 0, expected: "a divisor of heads (\(heads))", found: groups)
    var indexer: CompressedAttention.Indexer?
    if let reader = try optionalObject("indexer") {
      indexer = CompressedAttention.Indexer(
        heads: try reader.int("heads", in: ModelLimits.heads),
        headDimension: try reader.int("headDimension", in: ModelLimits.headDimension),
        topK: try reader.int("topK", in: ModelLimits.tokens))
      try reader.finish()
    }
    let ratio = try int("compressionRatio", in: 0...ModelLimits.tokens.upperBound)
    if indexer != nil, ratio == 0 {
      throw error("indexer", "expected none where compressionRatio is 0, as there is nothing to pick from; found one")
    }
    return CompressedAttention(
      heads: heads, headDimension: headDimension, ropeDimension: try int("ropeDimension", in: 0...headDimension),
      queryRank: try int("queryRank", in: ModelLimits.rank), outputGroups: groups,
      outputRank: try int("outputRank", in: ModelLimits.rank), window: try int("window", in: ModelLimits.tokens),
      compressionRatio: ratio, indexer: indexer)
  }

  /// The feed-forward that this object describes.
  ///
  /// Its `kind` is one of
  /// - `dense`: `intermediate`; optional `gated` (default true), `bias`.
  /// - `mixture`: `routedExperts`, `activeExperts`, `sharedExperts`, `expertIntermediate`, `sharedIntermediate` (only
  ///   with shared experts); optional `routerBias`, `hashRouted`, `sharedGate`, and `expertGroups` with `activeGroups`.
  func feedForward() throws(ProfileError) -> FeedForward {
    let feedForward: FeedForward
    switch try string("kind", oneOf: ["dense", "mixture"]) {
    case "dense":
      feedForward = .dense(
        DenseFeedForward(
          intermediate: try int("intermediate", in: ModelLimits.intermediate),
          isGated: try optionalBool("gated") ?? true, hasBias: try optionalBool("bias") ?? false))
    default: feedForward = .mixture(try mixture())
    }
    _ = try optionalString("source")
    try finish()
    return feedForward
  }

  private func mixture() throws(ProfileError) -> MixtureOfExperts {
    let experts = try int("routedExperts", in: ModelLimits.experts)
    let active = try int("activeExperts", in: ModelLimits.experts)
    try check("activeExperts", active <= experts, expected: "at most routedExperts (\(experts))", found: active)
    let shared = try int("sharedExperts", in: 0...ModelLimits.experts.upperBound)
    return MixtureOfExperts(
      routedExperts: experts, activeExperts: active, sharedExperts: shared,
      expertIntermediate: try int("expertIntermediate", in: ModelLimits.intermediate),
      sharedIntermediate: shared == 0 ? 0 : try int("sharedIntermediate", in: ModelLimits.intermediate),
      hasRouterBias: try optionalBool("routerBias") ?? false, isHashRouted: try optionalBool("hashRouted") ?? false,
      gatesSharedExpert: try optionalBool("sharedGate") ?? false,
      groups: try expertGroups(of: experts, active, named: ("expertGroups", "activeGroups")))
  }

  /// The groups that a token's experts are picked from; nil where they are all picked from.
  ///
  /// - Parameters:
  ///   - experts: E.
  ///   - active: k.
  ///   - named: the keys of how many groups there are, and how many a token sees.
  /// - Returns: the groups.
  /// - Throws: `ProfileError` for groups that do not divide the experts, or hold too few.
  func expertGroups(
    of experts: Int, _ active: Int, named: (count: String, active: String)
  ) throws(ProfileError) -> ExpertGroups? {
    guard let count = try optionalInt(named.count, in: ModelLimits.expertGroups) else {
      if has(named.active) { throw error(named.active, "expected none without \(named.count), found one") }
      return nil
    }
    try check(named.count, experts % count == 0, expected: "a divisor of the \(experts) routed experts", found: count)
    let seen = try int(named.active, in: 1...count)
    try check(
      named.active, experts / count * seen >= active,
      expected: "groups of \(experts / count) that hold \(active) active experts", found: seen)
    return ExpertGroups(count: count, active: seen)
  }
}
