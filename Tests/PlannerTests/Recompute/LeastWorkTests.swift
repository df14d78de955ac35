import CostModel
import Planner
import Testing

@Suite struct LeastWorkTests {
  /// The trades of peak against work that no other choice beats, found by trying all of them.
  private func frontier(_ stage: ReferenceStage) -> [[Int]] {
    let trades = ReferenceStage.choices(layers: stage.resident.count, storing: true)
      .map { [stage.peak($0), stage.work($0)] }
      .sorted { $0.lexicographicallyPrecedes($1) }
    return trades.reduce(into: []) { front, trade in
      if front.last.map({ trade[1] < $0[1] }) ?? true { front.append(trade) }
    }
  }

  @Test(arguments: 1...6, [true, false])
  func `the frontier is that of every partition with every subset of stored layers`(
    _ layers: Int, _ alike: Bool
  ) throws {
    var generator = SeededGenerator(seed: UInt64(100 + layers))
    for _ in 0..<(layers < 6 ? 150 : 40) {
      let stage = ReferenceStage.random(layers: layers, alike: alike, using: &generator)
      let found = try stage.problem().frontier(stage.work())
      #expect(found.isProvenBest)
      #expect(found.points.map { [$0.peak, $0.work] } == frontier(stage), "\(stage)")
    }
  }

  @Test(arguments: 1...6, [true, false])
  func `within any budget the least work is that of every partition with every subset of stored layers`(
    _ layers: Int, _ alike: Bool
  ) throws {
    var generator = SeededGenerator(seed: UInt64(200 + layers))
    for _ in 0..<(layers < 6 ? 150 : 40) {
      let stage = ReferenceStage.random(layers: layers, alike: alike, using: &generator)
      let (problem, work) = (try stage.problem(), try stage.work())
      let front = frontier(stage)
      // Every budget at which the answer changes, and the one just below it.
      for budget in front.flatMap({ [$0[0] - 1, $0[0]] }) + [-1, .min, .max] {
        let expected = front.last { $0[0] <= budget }
        let found = try problem.leastWork(work, within: budget)
        #expect(found?.work == expected?[1], "\(stage) budget \(budget)")
        guard let found else { continue }
        #expect(found.isProvenBest)
        #expect(found.peak <= budget)
        #expect(try problem.peak(of: found.segments) == found.peak)
        #expect(try work.work(of: found.segments) == found.work)
        if alike { #expect(found.peak == expected?[0], "\(stage) budget \(budget)") }
      }
    }
  }

  /// The last layer is always the last of its block, so its output is never made again and work given for it changes
  /// nothing but which of the two searches is used.
  @Test func `the search for layers of one size and the one for layers that differ agree`() throws {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<150 {
      let layers = Int.random(in: 7...20, using: &generator)
      var stage = ReferenceStage.random(layers: layers, alike: true, using: &generator)
      let (problem, work) = (try stage.problem(), try stage.work())
      stage.perInnerLayer[layers - 1] += 1
      let differing = try stage.work()
      let (alike, general) = (try problem.frontier(work), try problem.frontier(differing))
      #expect(general.isProvenBest)
      #expect(alike.points.map { [$0.peak, $0.work] } == general.points.map { [$0.peak, $0.work] }, "\(stage)")
      for _ in 0..<4 {
        let budget = Int.random(in: 0...problem.storedPeak, using: &generator)
        let found = try problem.leastWork(work, within: budget)
        #expect(try found?.work == problem.leastWork(differing, within: budget)?.work, "\(stage) budget \(budget)")
      }
    }
  }

  @Test func `layers that differ only in what they keep are stored at the end`() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<50 {
      let stage = ReferenceStage.random(layers: 40, alike: true, using: &generator)
      let problem = try stage.problem()
      let budget = Int.random(in: problem.bestUnevenBlocks().peak...problem.storedPeak, using: &generator)
      let found = try #require(try problem.leastWork(stage.work(), within: budget))
      #expect(!found.segments.dropLast().contains { $0.kind == .stored })
      #expect(found.peak <= budget)
    }
  }

  @Test func `the frontier runs from the best uneven blocks to everything stored`() throws {
    let problem = try RecomputeProblem(layers: 60, streams: 4, saved: 10)
    let work = try RecomputeWork(layers: 60, perLayer: 7, perInnerLayer: 9)
    let points = try problem.frontier(work).points
    #expect(points.first?.peak == problem.bestUnevenBlocks().peak)
    #expect(points.last?.peak == problem.storedPeak)
    #expect(points.last?.work == 0)
    for (low, high) in zip(points, points.dropFirst()) {
      #expect(low.peak < high.peak)
      #expect(low.work > high.work)
    }
    for point in points {
      #expect(try problem.leastWork(work, within: point.peak)?.work == point.work)
    }
  }

  @Test func `a search cut short says so and still finds a choice that fits`() throws {
    var generator = SeededGenerator(seed: 11)
    var cutShort = 0
    for _ in 0..<40 {
      let stage = ReferenceStage.random(layers: 24, alike: false, using: &generator)
      let (problem, work) = (try stage.problem(), try stage.work())
      let lowest = problem.bestUnevenBlocks().peak
      let budget = lowest + (problem.storedPeak - lowest) / 4
      let exact = try #require(try problem.leastWork(work, within: budget))
      let short = try #require(try problem.leastWork(work, within: budget, labelLimit: 2))
      #expect(exact.isProvenBest)
      #expect(short.peak <= budget)
      #expect(short.work >= exact.work)
      if !short.isProvenBest { cutShort += 1 }
      #expect(try problem.leastWork(work, within: lowest, labelLimit: 2) != nil)
      #expect(try problem.leastWork(work, within: lowest - 1, labelLimit: 2) == nil)
    }
    #expect(cutShort > 0)
  }

  @Test func `work for another number of layers is refused`() throws {
    let problem = try RecomputeProblem(layers: 4, streams: 4, saved: 1)
    let work = try RecomputeWork(layers: 5, perLayer: 1, perInnerLayer: 1)
    #expect(throws: RecomputeProblemError.unequalCounts(4, 5)) { try problem.frontier(work) }
    #expect(throws: RecomputeProblemError.unequalCounts(4, 5)) { try problem.leastWork(work, within: 100) }
  }

  @Test func `sizes close to the limit of 64 bits do not overflow`() throws {
    let eighth = Int.max / 8
    let problem = try RecomputeProblem(layers: 4, resident: 0, transient: eighth, streamSize: eighth, inFlight: 1)
    let work = try RecomputeWork(layers: 4, perLayer: eighth, perInnerLayer: eighth)
    #expect(problem.storedPeak == 8 * eighth)
    let points = try problem.frontier(work).points
    #expect(points.first?.peak == problem.bestUnevenBlocks().peak)
    #expect(points.last == RecomputeFrontier.Point(peak: 8 * eighth, work: 0, recomputedLayers: 0, blocks: 0))
    #expect(try problem.leastWork(work, within: .max)?.work == 0)
    #expect(try problem.leastWork(work, within: eighth) == nil)
  }
}
