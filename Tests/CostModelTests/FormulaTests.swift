import CostModel
import Quantities
import Testing

@Suite struct FormulaTests {
  let n = Formula(.streams)
  let C = Formula(.channels)

  @Test func `prints the way Table 2 does`() {
    #expect("\((5 * n + 1) * C + n * n + 2 * n)" == "(5n+1)C + n² + 2n")
    #expect("\((3 * n + 1) * C + n * n + 2 * n)" == "(3n+1)C + n² + 2n")
    #expect("\(n * C + n)" == "nC + n")
    #expect("\(2 * C)" == "2C")
    #expect("\(n * C * (n * n + 2 * n))" == "(n³+2n²)C")
    #expect("\(Formula.zero)" == "0")
    #expect("\(C - n * C)" == "(-n+1)C")
  }

  @Test func `evaluates exactly`() throws {
    let values = SymbolValues(streams: 4, channels: 2560)
    #expect(try ((5 * n + 1) * C + n * n + 2 * n).evaluate(at: values) == 21 * 2560 + 24)
  }

  @Test func `an overflow names the formula and the sizes`() {
    let values = SymbolValues(streams: 4, channels: .max / 2)
    let error = #expect(throws: OverflowError.self) { try (n * C).evaluate(at: values) }
    #expect(error?.expression == "nC with n = 4, C = 4611686018427387903")
  }
}
