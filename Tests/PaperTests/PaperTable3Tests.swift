import CostModel
import Testing

/// mHC (arXiv:2512.24880) Table 3, §4.3.2: what is stored and for how long.
@Suite struct PaperTable3Tests {
  @Test(arguments: [Fusion.unfused, .paper])
  func `Table 3: nC every block, C every layer, (n+2)C while a block is recomputed`(_ fusion: Fusion) throws {
    let saved = try #require(ConnectionLedger.of(.manifold, fusion: fusion)).saved
    let large = saved.filter { $0.tensor.tensorClass != .coefficient }
    func total(_ lifetime: SavedTensor.Lifetime) -> String {
      "\(large.filter { $0.lifetime == lifetime }.reduce(Formula.zero) { $0 + $1.tensor.elements })"
    }
    #expect(total(.stream) == "nC")
    #expect(total(.everyLayer) == "C")
    #expect(total(.transient) == "2C")
    #expect("\(large.reduce(Formula.zero) { $0 + $1.tensor.elements })" == "(n+3)C")
  }

  @Test func `kept coefficients are n² + 2n, and the projection's n² + 2n + 1`() throws {
    let saved = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).saved
    let kept = saved.filter { $0.tensor.tensorClass == .coefficient }.map { "\($0.tensor.elements)" }
    #expect(kept == ["n² + 2n", "n² + 2n + 1"])
  }
}
