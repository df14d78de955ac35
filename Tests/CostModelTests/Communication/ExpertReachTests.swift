import CostModel
import Testing

/// How many devices a token is sent to, against counting every way in which it can be routed.
@Suite struct ExpertReachTests {
  private func mixture(_ experts: Int, _ active: Int, _ groups: ExpertGroups? = nil) -> MixtureOfExperts {
    MixtureOfExperts(
      routedExperts: experts, activeExperts: active, sharedExperts: 0, expertIntermediate: 1, sharedIntermediate: 0,
      groups: groups)
  }

  private func sets(of count: Int, _ size: Int) -> [Int] {
    (0..<(1 << count)).filter { $0.nonzeroBitCount == size }
  }

  @Test func `deepseek-v4-flash: 6 of 256 experts lie in 4.4 of 8 nodes, worked out by hand`() {
    // C(224, 6) / C(256, 6) = (224 · 223 · 222 · 221 · 220 · 219) / (256 · 255 · 254 · 253 · 252 · 251).
    let missing = 118_076_895_256_320.0 / 265_343_617_566_720.0
    #expect(abs(mixture(256, 6).reach(ofShares: 8) - (1 - missing)) < 1e-12)
    #expect(abs(8 * mixture(256, 6).reach(ofShares: 8) - 4.44) < 0.01)
  }

  @Test func `deepseek-v3: 8 experts from 4 of 8 groups lie in at most 4 nodes, 3.7 in the mean`() {
    let reach = mixture(256, 8, ExpertGroups(count: 8, active: 4)).reach(ofShares: 8)
    // Half of the nodes are not looked at; of the 128 experts of the rest a node lacks all 8 in C(96, 8) / C(128, 8).
    var missing = 1.0
    for index in 0..<8 { missing *= Double(96 - index) / Double(128 - index) }
    #expect(abs(reach - (1 - missing) / 2) < 1e-12)
    #expect(8 * reach < 4 && 8 * reach > 3.6)
  }

  @Test func `with groups as counted over every choice of groups, then of experts in them`() {
    for (experts, active, count, seen) in [(8, 2, 4, 2), (12, 3, 4, 2), (12, 2, 3, 1), (12, 3, 6, 3), (12, 4, 2, 1)] {
      let size = experts / count
      let routed = mixture(experts, active, ExpertGroups(count: count, active: seen))
      for shares in 1...experts where experts % shares == 0 {
        var (reached, ways) = (0, 0)
        for groups in sets(of: count, seen) {
          for set in sets(of: experts, active)
          where (0..<experts).allSatisfy({ set >> $0 & 1 == 0 || groups >> ($0 / size) & 1 == 1 }) {
            ways += 1
            reached += Set((0..<experts).filter { set >> $0 & 1 == 1 }.map { $0 * shares / experts }).count
          }
        }
        let mean = Double(reached) / Double(ways * shares)
        #expect(abs(routed.reach(ofShares: shares) - mean) < 1e-12, "\(experts) \(active) \(count) \(seen) \(shares)")
      }
    }
  }

  @Test func `groups that a token sees all of change nothing; a share of everything is always reached`() {
    for shares in [1, 2, 4, 8] {
      let routed = mixture(8, 3, ExpertGroups(count: 4, active: 4))
      #expect(routed.reach(ofShares: shares) == mixture(8, 3).reach(ofShares: shares))
    }
    #expect(mixture(8, 3).reach(ofShares: 1) == 1)
    #expect(mixture(8, 8).reach(ofShares: 8) == 1)
    #expect(abs(mixture(8, 1).reach(ofShares: 8) - 1.0 / 8) < 1e-15)
  }
}
