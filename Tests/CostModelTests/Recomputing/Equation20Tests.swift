import CostModel
import Quantities
import Testing

/// The paper's rule for one block size, against minimisers and costs by hand and against every block size.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (20), §4.3.2.
@Suite struct Equation20Tests {
  @Test(arguments: [(1, [4, 5]), (2, [5, 6]), (4, [6]), (8, [6])])
  func `Eq. 20 at sixty layers has these minimisers`(_ streams: Int, _ minimisers: [Int]) throws {
    #expect(try Equation20(layers: 60, streams: streams).minimisers == minimisers)
  }

  @Test func `ties are kept: n = 2 and thirty layers have three minimisers`() throws {
    // 2⌈30/r⌉ + 4r: 20 + 12, 16 + 16, 12 + 20.
    let rule = try Equation20(layers: 30, streams: 2)
    #expect(rule.minimisers == [3, 4, 5])
    #expect(rule.minimum == 32)
  }

  @Test func `n = 4 and sixty layers cost 76 channels at blocks of six`() throws {
    let rule = try Equation20(layers: 60, streams: 4)
    #expect(rule.minimum == 4 * 10 + 6 * 6)
    #expect(rule.cost(blockLayers: 7) == 4 * 9 + 6 * 7)
    #expect(rule.cost(blockLayers: 60) == 4 + 6 * 60)
  }

  /// 27B, V4-Flash, V4-Pro and V4.1-Flash in residual layers.
  @Test(arguments: [(60, 6.325), (86, 7.572), (122, 9.018), (80, 7.303)])
  func `the square root of nL over n+2`(_ layers: Int, _ estimate: Double) throws {
    #expect(abs(try Equation20(layers: layers, streams: 4).estimate - estimate) < 0.0005)
  }

  @Test func `the minimisers are all block sizes at the least of n⌈L/r⌉ + (n+2)r`() throws {
    for streams in [1, 2, 4, 8] {
      for layers in 1...130 {
        let rule = try Equation20(layers: layers, streams: streams)
        let cost = rule.minimum
        let expected = (1...layers).filter { r in
          let blocks = layers / r + (layers % r == 0 ? 0 : 1)
          return streams * blocks + (streams + 2) * r == cost
        }
        #expect(rule.minimisers == expected && !expected.isEmpty)
      }
    }
  }

  @Test func `sizes out of range are errors that name the size`() {
    #expect(throws: RecomputeProblemError.tooSmall("layers", 0, least: 1)) { try Equation20(layers: 0, streams: 4) }
    #expect(throws: RecomputeProblemError.tooSmall("streams", -1, least: 1)) { try Equation20(layers: 4, streams: -1) }
    let error = #expect(throws: OverflowError.self) { try Equation20(layers: .max / 2, streams: 4) }
    #expect(error?.expression == "nC⌈L/L_r⌉ = 4 × 4611686018427387903")
  }
}
