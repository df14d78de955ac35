import CostModel
import Testing

/// Learned scalars of one connection against published counts.
@Suite struct PublishedParameterTests {
  private func parameters(_ connection: Connection, n: Int, C: Int) throws -> Int {
    let ledger = try #require(ConnectionLedger.of(connection, fusion: .unfused))
    return try ledger.parameters.evaluate(at: SymbolValues(streams: n, channels: C))
  }

  @Test func `DeepSeek-V4.1: 491 547 parameters a connection at n = 4, C = 5120`() throws {
    #expect(try parameters(.manifold, n: 4, C: 5120) == 491_547)
  }

  /// KromHC (arXiv:2601.21579) keeps the norm's weight of nC apart: 12 blocks, C = 768, n = 4.
  @Test(arguments: [(Connection.manifold, 1844), (.lite, 2433), (.kronecker, 959)])
  func `KromHC's table of extra parameters, in thousands`(_ connection: Connection, _ thousands: Int) throws {
    let total = 24 * (try parameters(connection, n: 4, C: 768) + 4 * 768)
    // Published to the thousand; implementations differ in how many biases and scales they learn, by less than that.
    #expect(abs(total - thousands * 1000) < 1000)
  }

  /// OLMo-1B in HC (arXiv:2409.19606) with n = 4; HC has two scales where equation 5 of the mHC paper has three.
  @Test func `dynamic HC on OLMo-1B adds 394 048 parameters, with one scale fewer a connection`() throws {
    #expect(32 * (try parameters(.hyper, n: 4, C: 2048) - 1) == 394_048)
  }
}
