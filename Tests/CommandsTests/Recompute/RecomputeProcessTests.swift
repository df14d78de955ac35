import TestSupport
import Testing

@Suite struct `The command recompute` {
  @Test func `prints the blocks of sixty layers at n = 4, F = 10`() throws {
    let document = try Tool.run("recompute --layers 60 --streams 4 --saved 10 --json").document()
    // min 4⌈60/r⌉ + 6r: 4·10 + 36; r = 5 gives 78, r = 7 gives 78.
    #expect(document["paper.blockLayers"]?.elements.map(\.int) == [6])
    #expect(document["paper.costChannels"]?.int == 76)
    // √40
    #expect(abs(try #require(document["paper.estimateLayers"]?.double) - 6.324_555_320_336_759) < 1e-12)
    #expect(document["uniform.peakChannels"]?.int == 600 + 50)
    #expect(document["uneven.peakChannels"]?.int == 600 + 22)
    #expect(document["stored"]?.int == 960)
  }

  @Test(arguments: [(60, 4, 10, 1), (1, 1, 0, 1), (7, 2, 3, 4), (122, 4, 1, 8), (256, 8, 12, 1)])
  func `prints peaks that are those of the blocks it prints`(layers: Int, streams: Int, saved: Int, inFlight: Int)
    throws
  {
    let document = try Tool.run(
      "recompute --layers \(layers) --streams \(streams) --saved \(saved) --in-flight \(inFlight) --json"
    ).document()
    /// The timeline of one stage, written out.
    func peak(_ blocks: [Int]) -> Int {
      var (end, peak) = (0, 0)
      for (index, size) in blocks.enumerated() {
        end += size
        let block = streams * (index + 1) + saved * end + streams * (size - 1) + 2 * size
        peak = max(peak, block + (inFlight - 1) * (streams * blocks.count + saved * layers))
      }
      return peak
    }
    func uniform(_ size: Int) -> [Int] {
      stride(from: 0, to: layers, by: size).map { min(size, layers - $0) }
    }
    let blocks = try #require(document["uneven.blocks"]).elements.compactMap(\.int)
    #expect(blocks.reduce(0, +) == layers)
    #expect(document["uneven.peakChannels"]?.int == peak(blocks))
    let lowest = (1...layers).map { peak(uniform($0)) }.min()
    #expect(document["uniform.peakChannels"]?.int == lowest)
    #expect(document["uniform.peakChannels"]?.int == peak(uniform(try #require(document["uniform.blockLayers"]?.int))))
    #expect(peak(blocks) <= lowest ?? 0)
    let curve = try #require(document["curve"]).elements
    #expect(curve.map { $0["blockLayers"]?.int } == (1...layers).map { $0 })
    #expect(curve.map { $0["peakChannels"]?.int } == (1...layers).map { peak(uniform($0)) })
    #expect(
      curve.map { $0["paperCostChannels"]?.int }
        == (1...layers).map { streams * uniform($0).count + (streams + 2) * $0 })
    #expect(document["stored"]?.int == inFlight * (streams + saved + 2) * layers)
  }

  @Test func `keeps to a budget, and exits 2 where nothing fits`() throws {
    let fits = try Tool.run("recompute --layers 60 --streams 4 --saved 10 --budget 700 --json")
    #expect(fits.code == 0)
    #expect(try #require(fits.document()["withinBudget.peakChannels"]?.int) <= 700)
    let lowest = try Tool.run("recompute --layers 60 --streams 4 --saved 10 --budget 622 --json")
    #expect(lowest.code == 0)
    let none = try Tool.run("recompute --layers 60 --streams 4 --saved 10 --budget 621 --json")
    #expect(none.code == 2)
    #expect(try none.document()["withinBudget"] == nil)
    #expect(none.stderr.contains("622"))
  }

  @Test func `ends for the largest stage it takes`() throws {
    #expect(try Tool.run("recompute --layers 4096 --streams 1024 --saved 1000000 --in-flight 1000000 --json").code == 0)
  }
}
