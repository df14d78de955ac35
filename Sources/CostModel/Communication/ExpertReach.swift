extension MixtureOfExperts {
  /// The probability that a device, or a domain of devices, has at least one of a token's k experts.
  ///
  /// A token's experts are taken as k different ones, each set of k as likely as every other: of all E, or, with groups,
  /// of the experts of its groups, each choice of groups as likely as every other. A trained router's choices are
  /// correlated, so that it reaches fewer.
  ///
  /// ```text
  /// 1 − C(E − u, k) / C(E, k)     for a share of u = E / shares experts
  /// ```
  /// - Parameter shares: 1 or more equal shares that neighbouring experts are divided into. Where groups of experts lie
  ///   across shares the mean over all shares is returned.
  /// - Returns: 0 to 1. Times `shares`, the shares that a token is expected to be sent to.
  /// - Source: derived; DeepSeek-V3 (arXiv:2412.19437) §2.1.2 for the groups.
  public func reach(ofShares shares: Int) -> Double {
    guard shares > 1 else { return 1 }
    let (experts, active) = (routedExperts, activeExperts)
    guard let groups, groups.active < groups.count else {
      return 1 - Self.missing(experts / shares, of: experts, active)
    }
    let isAligned = shares % groups.count == 0 || groups.count % shares == 0
    let counted = isAligned ? 1 : shares
    var missed = 0.0
    for share in 0..<counted {
      missed += missing(from: share * experts / shares, to: (share + 1) * experts / shares, groups)
    }
    return 1 - missed / Double(counted)
  }

  /// The probability that none of `active` of `experts` is among `some` of them.
  private static func missing(_ some: Int, of experts: Int, _ active: Int) -> Double {
    guard experts - some >= active else { return 0 }
    var probability = 1.0
    for index in 0..<active where probability > 1e-30 {
      probability *= Double(experts - some - index) / Double(experts - index)
    }
    return probability
  }

  /// The probability that none of a token's experts is one of `first..<end`, by how many of the groups there it may use.
  private func missing(from first: Int, to end: Int, _ groups: ExpertGroups) -> Double {
    let size = routedExperts / groups.count
    // By experts of the share that the token may use, as group after group is used or not.
    var chances = [Chance(used: 0, experts: 0, probability: 1)]
    var group = first / size
    var seen = 0
    while group * size < end {
      let shared = min(end, (group + 1) * size) - max(first, group * size)
      var next: [Chance] = []
      for chance in chances {
        let isUsed = Double(groups.active - chance.used) / Double(groups.count - seen)
        Self.add(
          Chance(used: chance.used, experts: chance.experts, probability: chance.probability * (1 - isUsed)), &next)
        Self.add(
          Chance(
            used: chance.used + 1, experts: chance.experts + shared, probability: chance.probability * isUsed), &next)
      }
      chances = next
      (group, seen) = (group + 1, seen + 1)
    }
    let pool = size * groups.active
    return chances.reduce(0) { $0 + $1.probability * Self.missing($1.experts, of: pool, activeExperts) }
  }

  private struct Chance {
    /// Groups used so far.
    var used: Int
    /// Experts of the share in them.
    var experts: Int
    var probability: Double
  }

  private static func add(_ chance: Chance, _ chances: inout [Chance]) {
    guard chance.probability > 0 else { return }
    if let known = chances.lastIndex(where: { $0.used == chance.used && $0.experts == chance.experts }) {
      chances[known].probability += chance.probability
    } else {
      chances.append(chance)
    }
  }
}
