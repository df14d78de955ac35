import CostModel
import Testing

@Suite struct TransformerLayerTests {
  @Test func `a choice on whole Transformer layers has the same peak and work counted either way`() throws {
    let problem = try RecomputeProblem(
      resident: [5, 1, 7, 2, 9, 4, 3, 8], transient: [2, 30, 4, 50, 6, 70, 8, 90], streamSize: 11, inFlight: 3)
    let work = try RecomputeWork(
      perBlock: 17, perLayer: [1, 2, 3, 4, 5, 6, 7, 8], perInnerLayer: [10, 20, 30, 40, 50, 60, 70, 80])
    let pairs = problem.grouped(by: 2)
    let pairedWork = work.grouped(by: 2)
    #expect(pairs.layers == 4)
    #expect((1...4).map(pairs.resident) == [6, 9, 13, 11])
    for kinds: [(RecomputeSegment.Kind, Int)] in [
      [(.recomputed, 4)], [(.recomputed, 1), (.recomputed, 3)], [(.recomputed, 2), (.stored, 2)],
      [(.stored, 1), (.recomputed, 2), (.stored, 1)], [(.recomputed, 1), (.recomputed, 1), (.recomputed, 2)],
    ] {
      let wide = kinds.map { RecomputeSegment($0.0, layers: $0.1) }
      let fine = kinds.map { RecomputeSegment($0.0, layers: 2 * $0.1) }
      #expect(try pairs.peak(of: wide) == problem.peak(of: fine))
      #expect(try pairedWork.work(of: wide) == work.work(of: fine))
    }
    #expect(pairs.storedPeak == problem.storedPeak)
  }

  @Test func `an odd number of layers leaves a last group of one`() throws {
    let problem = try RecomputeProblem(resident: [1, 2, 3], transient: [10, 20, 30], streamSize: 4)
    let pairs = problem.grouped(by: 2)
    #expect((1...2).map(pairs.resident) == [3, 3])
    #expect((1...2).map(pairs.transient) == [34, 30])
    #expect(problem.grouped(by: 1) == problem)
    #expect(problem.grouped(by: 9).layers == 1)
  }
}
