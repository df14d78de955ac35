import CostModel
import Testing

@Suite struct ConnectionLedgerTests {
  static let all = Connection.allCases.flatMap { connection in connection.fusions.map { (connection, $0) } }

  private func channelCost(_ formula: Formula, _ n: Int) throws -> Int {
    try formula.evaluate(at: SymbolValues(streams: n, channels: 501))
      - formula.evaluate(at: SymbolValues(streams: n, channels: 500))
  }

  @Test(arguments: all)
  func `every cost grows with the channels and with the streams`(_ connection: Connection, _ fusion: Fusion) throws {
    let ledger = try #require(ConnectionLedger.of(connection, fusion: fusion))
    for pass in [ledger.forward, ledger.backward, ledger.recompute.innerLayer] {
      for formula in [pass.readPerToken, pass.writtenPerToken, pass.arithmetic.flops] {
        #expect(try channelCost(formula, 4) > 0)
        let small = try formula.evaluate(at: SymbolValues(streams: 2, channels: 640))
        let large = try formula.evaluate(at: SymbolValues(streams: 4, channels: 640))
        #expect(connection == .residual ? large == small : large > small)
      }
    }
  }

  @Test(arguments: Connection.allCases.filter { $0.fusions.contains(.paper) }, [2, 4, 8])
  func `each level of fusion moves fewer channels than the one before`(_ connection: Connection, _ n: Int) throws {
    let traffic = try connection.fusions.map { fusion in
      let ledger = try #require(ConnectionLedger.of(connection, fusion: fusion))
      let norm = ledger.coversPreNorm ? 0 : 2
      return try channelCost(ledger.forward.readPerToken + ledger.forward.writtenPerToken, n) + norm
    }
    #expect(traffic == traffic.sorted(by: >) && Set(traffic).count == traffic.count)
  }

  @Test(arguments: [Connection.manifold, .identity, .lite, .kronecker])
  func `fusion does not change the arithmetic of the streams`(_ connection: Connection) throws {
    let unfused = try #require(ConnectionLedger.of(connection, fusion: .unfused)).forward.arithmetic
    let paper = try #require(ConnectionLedger.of(connection, fusion: .paper)).forward.arithmetic
    #expect(unfused == paper)
  }

  @Test func `one mHC connection at n = 4: 248C FLOP plus small terms, by hand`() throws {
    // 192 projection, 8 norm, 8 pre-mix, 32 mixing, 8 post and merge.
    let flops = try #require(ConnectionLedger.of(.manifold, fusion: .paper)).forward.arithmetic.flops
    #expect(try channelCost(flops, 4) == 192 + 8 + 8 + 32 + 8)
    // mean and square root 2; 1/r 1, alpha/r 3, 24 multiply-adds, 8 sigmoids of 3 and 4 doublings;
    // Sinkhorn-Knopp: 16 shifts, 16 exponentials, 40 times 12 additions and 16 divisions.
    let small = try flops.evaluate(at: SymbolValues(streams: 4, channels: 1)) - 248
    #expect(small == 2 + (1 + 3 + 48 + 24 + 4) + (16 + 16 + 40 * 28))
  }

  @Test func `an eager mHC keeps 17C bf16 elements more than a residual at n = 4`() throws {
    let eager = try #require(ConnectionLedger.of(.manifold, fusion: .eager)).saved
    let residual = try #require(ConnectionLedger.of(.residual, fusion: .unfused)).saved
    func halfWords(_ saved: [SavedTensor]) throws -> Int {
      try saved.reduce(0) { sum, saved in
        let format = Precision().format(of: saved.tensor.tensorClass)
        return try sum + channelCost(saved.tensor.elements, 4) * format.bits / 16
      }
    }
    // A fake-tensor tracker saw 17.0 C over the residual block.
    #expect(try halfWords(eager) - halfWords(residual) == 17)
  }

  @Test func `an eager Sinkhorn of 20 iterations keeps 784 fp32 numbers more than its exponential`() throws {
    let eager = try #require(ConnectionLedger.of(.manifold, fusion: .eager)).saved
    let kept = eager.filter { ["numerators", "sums"].contains($0.tensor.tensor) }
    let values = SymbolValues(streams: 4, channels: 1024)
    // The tracker saw 1.53 C, 0.77 C and 0.38 C bf16 elements at C = 1024, 2048 and 4096: 1567 each.
    #expect(try kept.reduce(0) { try $0 + $1.tensor.elements.evaluate(at: values) } == 784)
  }

  @Test func `eager HC keeps n+1 times C more than a residual, as HC's Table 9 shows`() throws {
    let eager = try #require(ConnectionLedger.of(.hyper, fusion: .eager)).saved
    let residual = try #require(ConnectionLedger.of(.residual, fusion: .unfused)).saved
    func channels(_ saved: [SavedTensor]) throws -> Int {
      try saved.reduce(0) { try $0 + channelCost($1.tensor.elements, 4) }
    }
    #expect(try channels(eager) - channels(residual) == 5)
  }

  @Test(arguments: Connection.allCases)
  func `a level that does not exist is not made up`(_ connection: Connection) {
    for fusion in Fusion.allCases {
      let exists = connection == .residual ? fusion == .unfused : true
      #expect(
        (ConnectionLedger.of(connection, fusion: fusion) != nil) == (exists && connection.fusions.contains(fusion)))
    }
    #expect(!Connection.hyper.fusions.contains(.paper))
  }
}
