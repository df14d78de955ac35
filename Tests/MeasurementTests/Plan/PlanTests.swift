import CostModel
import Quantities
import Testing

@testable import Measurement

@Suite struct `The plan of a measurement` {
  private static let caches = [
    CacheSize(level: 1, size: Bytes(32 << 10), sharedBy: 1), CacheSize(level: 2, size: Bytes(1 << 20), sharedBy: 1),
    CacheSize(level: 3, size: Bytes(32 << 20), sharedBy: 2),
  ]

  private static func sizes(threads: Int, _ effort: Effort = .quick, limit: Int = 1 << 40) -> [Int] {
    WorkingSets.sizes(caches, threads: threads, effort: effort, limit: Bytes(limit)).map(\.count)
  }

  @Test func `Sizes lie within each cache, which threads have for themselves or share, and beyond the last`() {
    let (kibi, mebi) = (1 << 10, 1 << 20)
    #expect(
      Self.sizes(threads: 1)
        == [16 * kibi, 256 * kibi, 512 * kibi, mebi, 8 * mebi, 16 * mebi, 32 * mebi, 64 * mebi, 128 * mebi])
    // Two first and second caches, and one third for both.
    #expect(
      Self.sizes(threads: 2)
        == [32 * kibi, 512 * kibi, mebi, 2 * mebi, 8 * mebi, 16 * mebi, 32 * mebi, 64 * mebi, 128 * mebi])
    #expect(Set(Self.sizes(threads: 2)).isSubset(of: Self.sizes(threads: 2, .full)))
    #expect(Self.sizes(threads: 2, .full).last == 256 * mebi)
    #expect(Self.sizes(threads: 1, limit: 9 * mebi).last == 8 * mebi)
  }

  @Test func `One, half and all threads are measured, each once`() {
    func counts(_ threads: Int) -> [Int] {
      MeasurementPlan(caches: Self.caches, threads: threads, memory: Bytes(1 << 34), effort: .quick).threadCounts
    }
    #expect(counts(1) == [1])
    #expect(counts(2) == [1, 2])
    #expect(counts(12) == [1, 6, 12])
  }

  @Test(arguments: Effort.allCases) func `Every mix has stores of both kinds, none twice, and no size is beyond memory`(
    effort: Effort
  ) throws {
    let plan = MeasurementPlan(caches: [], threads: 4, memory: Bytes(64 << 20), effort: effort)
    #expect(Set(plan.mixes).count == plan.mixes.count)
    #expect(Set(plan.products).count == plan.products.count)
    for mix in plan.mixes where mix.store == .streaming {
      #expect(plan.mixes.contains(try #require(MemoryMix(reads: mix.reads, writes: mix.writes))))
    }
    #expect(plan.workingSets.keys.sorted() == plan.threadCounts)
    #expect(plan.workingSets.values.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.count <= 16 << 20 } })
  }
}
