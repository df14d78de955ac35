import Quantities
import Testing

@Suite struct QuantityTests {
  @Test func `sums and multiples throw instead of wrapping`() {
    #expect(throws: OverflowError.self) { try Bytes(.max) + Bytes(1) }
    #expect(throws: OverflowError.self) { try 2 * Bytes(.max) }
    #expect(throws: OverflowError.self) { try Bytes(.min) - Bytes(1) }
  }

  @Test func `a product names its factors`() {
    let error = #expect(throws: OverflowError.self) { try product("tokens", 4096, .max) }
    #expect(error?.expression == "tokens = 4096 × 9223372036854775807")
  }
}
