import CostModel
import Testing

/// mHC (arXiv:2512.24880) §4.3.1 and DeepSeek-V4.1 §2.4.1: what fusion leaves of the traffic.
@Suite struct PaperKernelFusionTests {
  /// The part of a formula that moves whole channels.
  private func channels(_ formula: Formula, streams: Int) throws -> Int {
    // One more channel moves as many more elements; what does not depend on C cancels.
    let more = try formula.evaluate(at: SymbolValues(streams: streams, channels: 1001))
    return more - (try formula.evaluate(at: SymbolValues(streams: streams, channels: 1000)))
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func `the merge kernel reads (n+1)C instead of (3n+1)C and writes nC instead of 3nC`(_ n: Int) throws {
    let unfused = try #require(ConnectionLedger.of(.manifold, fusion: .unfused)).forward.operations
    let merged = unfused.filter { ["post", "res-mix", "merge"].contains($0.name) }
    #expect(try merged.reduce(0) { try $0 + channels($1.readPerToken, streams: n) } == 3 * n + 1)
    #expect(try merged.reduce(0) { try $0 + channels($1.writtenPerToken, streams: n) } == 3 * n)
    let paper = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).forward.operations
    let fused = try #require(paper.first { $0.name == "merge" })
    #expect(fused.readPerToken.description == "(n+1)C + n² + n")
    #expect(fused.writtenPerToken.description == "nC")
    #expect(try channels(fused.readPerToken, streams: n) == n + 1)
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func `the paper's kernels with the pre-norm move (4n+4)C`(_ n: Int) throws {
    let forward = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).forward
    let norm = PreNorm.forward
    let read = try channels(forward.readPerToken, streams: n) + channels(norm.readPerToken, streams: n)
    let written = try channels(forward.writtenPerToken, streams: n) + channels(norm.writtenPerToken, streams: n)
    #expect(read == 3 * n + 2)
    #expect(written == n + 2)
    #expect(read + written == 4 * n + 4)
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func `two passes move (3n+2)C and one pass (2n+2)C, pre-norm included`(_ n: Int) throws {
    for (fusion, total) in [(Fusion.twoPass, 3 * n + 2), (.singlePass, 2 * n + 2)] {
      let ledger = try #require(ConnectionLedger.of(.manifold, fusion: fusion))
      #expect(ledger.coversPreNorm)
      let moved = ledger.forward.readPerToken + ledger.forward.writtenPerToken
      #expect(try channels(moved, streams: n) == total)
    }
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func `the released backward kernels read (6n+2)C and write (3n+1)C`(_ n: Int) throws {
    let backward = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).backward
    #expect(try channels(backward.readPerToken, streams: n) == 6 * n + 2)
    #expect(try channels(backward.writtenPerToken, streams: n) == 3 * n + 1)
    let rows = [
      "merge backward": (2 * n + 1, n + 1), "pre-mix backward": (2 * n + 1, n), "project backward": (2 * n, n),
    ]
    for (name, (read, written)) in rows {
      let row = try #require(backward.operations.first { $0.name == name })
      #expect(try channels(row.readPerToken, streams: n) == read)
      #expect(try channels(row.writtenPerToken, streams: n) == written)
    }
  }

  /// By hand: with H_res = I the gradient of the streams goes on as it is, so that the merge reads ∂x' and y and writes ∂y; then
  /// both others read x and a gradient of the streams and write one.
  @Test(arguments: [1, 2, 4, 16]) func `streams that are not mixed are neither read nor written by the merge backwards`(
    _ n: Int
  ) throws {
    for (fusion, read, written) in [(Fusion.paper, 5 * n + 2, 2 * n + 1), (.twoPass, 3 * n + 2, n + 1)] {
      let backward = try #require(ConnectionLedger.of(.identity, fusion: fusion)).backward
      #expect(try channels(backward.readPerToken, streams: n) == read)
      #expect(try channels(backward.writtenPerToken, streams: n) == written)
      let merge = try #require(backward.operations.first { $0.name == "merge backward" })
      #expect(!merge.reads.contains { $0.tensor == "x" } && !merge.writes.contains { $0.tensor == "grad x" })
    }
  }

  @Test func `recompute of one layer: two kernels (2n+1)C, the multi-layer kernel C, both write (n+1)C`() throws {
    let paper = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).recompute.innerLayer
    #expect(paper.readPerToken.description == "(2n+1)C + n² + 2n")
    #expect(paper.writtenPerToken.description == "(n+1)C")
    let multi = try #require(ConnectionLedger.of(.manifold, fusion: .singlePass)).recompute.perInnerLayer
    #expect(multi.readPerToken.description == "C + n² + 2n")
    #expect(multi.writtenPerToken.description == "(n+1)C")
  }

  @Test func `coefficients made again cost one more read of the streams`() throws {
    let kept = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).recompute.innerLayer
    let made = try #require(ConnectionLedger.of(.manifold, fusion: .paper, coefficients: .recomputed)).recompute
    let values = SymbolValues(streams: 4, channels: 2560)
    let difference = made.innerLayer.readPerToken - kept.readPerToken
    // nC for the projection, 25 for its outputs, 16 logits for Sinkhorn-Knopp.
    #expect(try difference.evaluate(at: values) == 4 * 2560 + 25 + 16)
  }
}
