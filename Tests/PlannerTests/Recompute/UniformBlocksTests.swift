import CostModel
import Planner
import Testing

@Suite struct UniformBlocksTests {
  /// The sum that defines the timeline, for equal layers, written out again.
  private func peak(layers: Int, n: Int, saved: Int, inFlight: Int, block: Int) -> Int {
    let sizes = (0..<layers).reduce(into: [Int]()) { sizes, layer in
      if layer % block == 0 { sizes.append(1) } else { sizes[sizes.count - 1] += 1 }
    }
    var (end, most) = (0, 0)
    for (index, size) in sizes.enumerated() {
      end += size
      let others = (inFlight - 1) * (n * sizes.count + saved * layers)
      most = max(most, n * (index + 1) + saved * end + n * (size - 1) + 2 * size + others)
    }
    return most
  }

  @Test(arguments: [1, 2, 7, 30, 61], [1, 4])
  func `every block size has the peak of the timeline, and the best is the smallest minimiser`(
    _ layers: Int, _ inFlight: Int
  ) throws {
    for (n, saved) in [(1, 0), (2, 1), (4, 10), (8, 3)] {
      let problem = try RecomputeProblem(layers: layers, streams: n, saved: saved, inFlight: inFlight)
      let expected = (1...layers).map {
        peak(layers: layers, n: n, saved: saved, inFlight: inFlight, block: $0)
      }
      #expect((1...layers).map { problem.uniformPeak(blockLayers: $0) } == expected)
      let best = try #require(problem.bestUniformBlock())
      #expect(best.peak == expected.min())
      #expect(best.blockLayers == expected.firstIndex(of: best.peak).map { $0 + 1 })
    }
  }

  @Test func `a block longer than the stage is the stage`() throws {
    let problem = try RecomputeProblem(layers: 5, streams: 4, saved: 1)
    #expect(problem.uniformPeak(blockLayers: .max) == problem.uniformPeak(blockLayers: 5))
  }
}
