import CostModel
import Testing

/// What a stage holds while it walks back, on small stages added up by hand.
@Suite struct RecomputeTimelineTests {
  /// n = 4, F = 3, six layers in blocks of 3, 2 and 1.
  private let problem: RecomputeProblem
  private let blocks = [3, 2, 1].map { RecomputeSegment(.recomputed, layers: $0) }

  init() throws { problem = try RecomputeProblem(layers: 6, streams: 4, saved: 3) }

  @Test func `each block's moment is its inputs, what is not yet behind, and its own streams and inputs`() throws {
    let moments = try problem.timeline(of: blocks)
    #expect(moments.map(\.blockInputs) == [4, 8, 12])
    #expect(moments.map(\.resident) == [9, 15, 18])
    // n(s−1) + 2s
    #expect(moments.map(\.transient) == [8 + 6, 4 + 4, 2])
    #expect(moments.map(\.otherMicrobatches) == [0, 0, 0])
    #expect(moments.map(\.total) == [27, 31, 32])
    #expect(try problem.peak(ofBlocks: [3, 2, 1]) == 32)
  }

  @Test func `the other microbatches hold all block inputs and all that the layer functions keep`() throws {
    let three = try RecomputeProblem(layers: 6, streams: 4, saved: 3, inFlight: 3)
    #expect(try three.timeline(of: blocks).map(\.otherMicrobatches) == Array(repeating: 2 * (4 * 3 + 3 * 6), count: 3))
    #expect(try three.peak(ofBlocks: [3, 2, 1]) == 32 + 60)
  }

  @Test func `a stored layer holds its streams, its two inputs and what its function keeps`() throws {
    let mixed = [RecomputeSegment(.recomputed, layers: 4), RecomputeSegment(.stored, layers: 2)]
    let moments = try problem.timeline(of: mixed)
    #expect(moments.map(\.total) == [4 + 12 + (12 + 8), 4 + 18 + 12])
    #expect(moments[1].stored == 12)
    let stored = [RecomputeSegment(.stored, layers: 6)]
    #expect(try problem.peak(of: stored) == (4 + 3 + 2) * 6)
    #expect(problem.storedPeak == 54)
  }

  /// The timeline against the paper's rule.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (20), §4.3.2.
  @Test func `Eq. 20 plus F in every layer bounds the peak of its block from above`() throws {
    for streams in [1, 2, 4, 8] {
      for layers in [1, 12, 60, 122] {
        let rule = try Equation20(layers: layers, streams: streams)
        let stage = try RecomputeProblem(layers: layers, streams: streams, saved: 0)
        for block in 1...layers {
          let full = Array(repeating: block, count: layers / block)
          let blocks = full + (layers % block == 0 ? [] : [layers % block])
          #expect(try stage.peak(ofBlocks: blocks) <= rule.cost(blockLayers: block) - streams)
        }
      }
    }
  }

  @Test func `layers may differ`() throws {
    let uneven = try RecomputeProblem(resident: [1, 10, 100], transient: [2, 20, 200], streamSize: 1000)
    #expect(
      try uneven.timeline(of: [.init(.recomputed, layers: 1), .init(.recomputed, layers: 2)]).map(\.total) == [
        1000 + 1 + 2, 2000 + 111 + 1000 + 220,
      ])
    #expect([1, 2, 3].map(uneven.resident) == [1, 10, 100])
    #expect([1, 2, 3].map(uneven.transient) == [2, 20, 200])
    #expect(uneven.residentTotal == 111)
  }

  @Test(arguments: [[], [5], [7], [6, 0], [3, -3, 6], [.max, .max], [6, .min]])
  func `blocks that do not cover the stage are refused`(_ blocks: [Int]) {
    #expect(throws: RecomputeProblemError.notACover(segments: blocks, layers: 6)) {
      try problem.peak(ofBlocks: blocks)
    }
  }
}
