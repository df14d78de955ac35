import CostModel
import Testing

@testable import Evidence

@Suite struct `Published memory` {
  @Test func `of HC on OLMo-1B is within half a percent on all four rows`() throws {
    let rows = try MemoryEvidence.rows().filter { $0.claim == "hc-memory" }
    #expect(rows.count == 4)
    for row in rows { #expect(abs(row.errorFraction) <= 0.005, "\(row)") }
    // The additions alone, which the totals could hide: within one percent.
    for row in rows { #expect(abs(row.addedErrorFraction) <= 0.01, "\(row)") }
  }

  /// 2L(n+1)d numbers of 2 bytes a token: the law that fits HC's Table 9, L counting Transformer layers.
  @Test(arguments: [(2, 6_442_450_944), (4, 10_737_418_240)])
  func `of static HC follows from the ledger's eager mode`(streams: Int, bytes: Int) throws {
    #expect(bytes == 2 * 16 * (streams + 1) * 2048 * 2 * 16384)
    let perToken = try EagerMemory.addedBytesPerToken(.hyper, isStatic: true, streams: streams, channels: 2048)
    #expect(2 * 16 * 16384 * perToken == bytes)
  }

  @Test func `of OLMo-7B and OLMoE is missed, and what is left out is said`() throws {
    let rows = try MemoryEvidence.rows().filter { $0.name.hasPrefix("olmo-7b") || $0.name.hasPrefix("olmoe") }
    #expect(rows.count == 2)
    for row in rows {
      #expect(row.claim == nil)
      #expect(row.addedErrorFraction < -0.1)
      #expect(row.note?.isEmpty == false)
    }
  }

  /// 17 C elements of 2 bytes a token and residual layer, and 1.53, 0.77 and 0.38 C of Sinkhorn's: what a fake-tensor
  /// tracker saw.
  @Test func `of an eager mHC block is within a percent of the tracker's`() throws {
    let rows = try MemoryEvidence.rows().filter { $0.claim == "eager-saved" }
    #expect(rows.map(\.measuredAddedBytes) == [37949, 72786, 142_377])
    for row in rows { #expect(abs(row.errorFraction) <= 0.01, "\(row)") }
  }

  @Test func `never reaches more than the whole bandwidth with the ledger's bytes`() throws {
    let rows = try ReachedRow.builtIn()
    #expect(rows.count == 8)
    for row in rows { #expect(row.bandwidthFraction > 0 && row.bandwidthFraction < 1) }
  }
}
