import CostModel
import Quantities
import Testing

@Suite struct `Samples of a time` {
  private func samples(_ values: Double...) throws -> Samples { try #require(Samples(values.map { Seconds($0) })) }

  @Test func `The median is the middle one, or between the two in the middle`() throws {
    #expect(try samples(9, 1, 4).median == Seconds(4))
    #expect(try samples(8, 1, 4, 2).median == Seconds(3))
    #expect(try samples(5).median == Seconds(5))
  }

  @Test func `Quantiles are linear between neighbours`() throws {
    // Of 10, 20, 30, 40 the quarter lies three quarters of the way from the first to the second.
    let four = try samples(40, 10, 30, 20)
    #expect(four.quantile(0.25) == Seconds(17.5))
    #expect(four.quantile(0.75) == Seconds(32.5))
    #expect(four.quantile(-1) == four.least && four.least == Seconds(10))
    #expect(four.quantile(2) == four.most && four.most == Seconds(40))
    #expect(four.spread == 15.0 / 25)
  }

  @Test func `A few disturbed samples move neither the median nor the spread`() throws {
    let calm = try samples(1, 1, 1, 1, 1, 1, 1, 1, 1)
    let disturbed = try samples(1, 1, 50, 1, 1, 1, 90, 1, 1)
    #expect(disturbed.median == calm.median)
    #expect(disturbed.spread == calm.spread)
  }

  @Test func `They stay in the order in which they were taken`() throws {
    #expect(try samples(3, 1, 2).values == [Seconds(3), Seconds(1), Seconds(2)])
  }

  @Test(arguments: [[], [0.0], [1, -1], [.nan], [1, .infinity]])
  func `There are no samples without a positive time`(values: [Double]) {
    #expect(Samples(values.map { Seconds($0) }) == nil)
  }
}
