import CostModel
import LayerRuntime
import Testing

/// The ledger's rows against runs of the reference whose scalar counts, and whose tensors note what is touched.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (1), §1; Eq. (3), (5), §3; Table 2, §3.2; Eq. (7) to (9), §4.2.
@Suite struct CountedRowTests {
  struct Counts: Equatable {
    var tally = ArithmeticTally()
    var loaded = 0
    var stored = 0
  }

  /// Every unfused row of one forward and backward pass, counted for all tokens; parameters' elements are left out, as
  /// they are touched once a call.
  static func counted(_ kind: ConnectionKind, tokens: Int, streams: Int, channels: Int) throws -> [String: Counts] {
    let shape = try LayerShape(tokens: tokens, streams: streams, channels: channels)
    let sizes = ConnectionSizes(kind, shape)
    let x = (0..<tokens * streams * channels).map { Double(($0 * 7919) % 101) / 50 - 1 }
    let phi = (0..<(sizes?.weights ?? 0)).map { Double(($0 * 104_729) % 97) / 97 - 0.5 }
    let connection = try ReferenceConnection<CountingScalar>(
      kind, shape, .paper, x: x, phi: phi, alpha: sizes == nil ? [] : [0.5, 0.6, 0.7],
      bias: [Double](repeating: 0.1, count: sizes?.coefficients ?? 0), gradNext: x.reversed())
    var rows: [String: Counts] = [:]
    let all =
      connection.rowsBeforeLayer + connection.rowsAfterLayer + connection.backwardRowsBeforeLayer
      + connection.backwardRowsAfterLayer
    // Once before, so that every tensor is there when its trace begins.
    connection.run(all)
    for row in all {
      connection.allTensors.forEach { $0.startTracing() }
      var counts = Counts()
      counts.tally = ArithmeticTally.counting { connection.run(row) }
      // Logits are made for test vectors alone; Table 2 has no row for keeping projections for the backward pass.
      let parameters: Set = [
        "phi", "alpha", "b", "grad phi", "grad alpha", "grad b", "logits", "grad logits",
      ]
      for tensor in connection.allTensors where !parameters.contains(tensor.name) {
        counts.loaded += tensor.loadedElements
        counts.stored += tensor.storedElements
      }
      rows[row.rawValue] = counts
    }
    return rows
  }

  static func evaluate(_ formula: Formula, _ values: SymbolValues, tokens: Int) throws -> Int {
    tokens * (try formula.evaluate(at: values))
  }

  struct Case: CustomTestStringConvertible {
    var kind: ConnectionKind
    var streams: Int
    var row: String
    var testDescription: String { "\(kind.rawValue), n = \(streams), \(row)" }
  }
  static let streamRows: [Case] = [(ConnectionKind.hyper, 3), (.manifold, 3), (.manifold, 4)].flatMap { kind, streams in
    [
      "pre-mix", "post", "res-mix", "merge", "res-mix backward", "post backward", "pre-mix backward", "accumulate pre",
      "accumulate coef",
    ].map { Case(kind: kind, streams: streams, row: $0) }
  }
  static let residualRows = ["merge", "merge backward"].map { Case(kind: .residual, streams: 1, row: $0) }

  @Test(arguments: streamRows + residualRows)
  func `a row that moves streams does the arithmetic, loads and stores of the ledger`(_ test: Case) throws {
    let (tokens, channels) = (2, 5)
    let counts = try #require(
      try Self.counted(test.kind, tokens: tokens, streams: test.streams, channels: channels)[test.row])
    let connection = try #require(Connection(rawValue: test.kind.rawValue))
    let ledger = try #require(ConnectionLedger.of(connection, fusion: .unfused))
    let row = try #require(
      (ledger.forward.operations + ledger.backward.operations).first { $0.name == test.row })
    let values = SymbolValues(streams: test.streams, channels: channels)
    func ledgerCount(_ formula: Formula) throws -> Int { try Self.evaluate(formula, values, tokens: tokens) }
    #expect(counts.tally.additions == (try ledgerCount(row.arithmetic.additions)))
    #expect(counts.tally.multiplications == (try ledgerCount(row.arithmetic.multiplications)))
    #expect(counts.tally.flops == (try ledgerCount(row.arithmetic.flops)))
    #expect(counts.loaded == (try ledgerCount(row.readPerToken)))
    #expect(counts.stored == (try ledgerCount(row.writtenPerToken)))
  }

  @Test(arguments: [1, 2, 4]) func `mHC's coefficients take the ledger's arithmetic, kind by kind`(_ streams: Int)
    throws
  {
    let (tokens, channels) = (2, 5)
    let counts = try #require(
      try Self.counted(.manifold, tokens: tokens, streams: streams, channels: channels)["coefficients"])
    let ledger = try #require(ConnectionLedger.of(.manifold, fusion: .unfused))
    let row = try #require(ledger.forward.operations.first { $0.name == "coefficients" })
    let values = SymbolValues(streams: streams, channels: channels)
    func ledgerCount(_ formula: Formula) throws -> Int { try Self.evaluate(formula, values, tokens: tokens) }
    #expect(counts.tally.additions == (try ledgerCount(row.arithmetic.additions)))
    #expect(counts.tally.multiplications == (try ledgerCount(row.arithmetic.multiplications)))
    #expect(counts.tally.divisions == (try ledgerCount(row.arithmetic.divisions)))
    #expect(counts.tally.exponentials == (try ledgerCount(row.arithmetic.exponentials)))
    #expect(counts.tally.squareRoots == (try ledgerCount(row.arithmetic.squareRoots)))
    #expect(counts.loaded == (try ledgerCount(row.readPerToken)))
    // Besides H, a forward pass that is trained writes the projections and r, which Table 2 leaves out.
    let kept = streams * streams + 2 * streams + 1
    #expect(counts.stored - tokens * kept == (try ledgerCount(row.writtenPerToken)))
  }

  /// The coefficients backwards, by hand.
  ///
  /// mHC, w = n² + 2n, once a token. Again: 1/r, three α/r, w multiply-adds, 2n sigmoids (an exponential, an addition and
  /// a division each). σ' = σ(1 − σ) times the gradient for 2n, the 2 of 2σ for n. Sinkhorn as the ledger has it: the
  /// forward pass again (n² subtractions and exponentials, 2t normalisations of n² − n additions and n² divisions), then
  /// 2t times n² multiply-adds, subtractions and divisions, and n² products. Sums: w additions for b, w multiply-adds
  /// for the sums S of ∂z p, three of which make α's and three the norm's gradient; w products for ∂p; three products
  /// and a division for the norm. Both matrix products: 2 nC w multiply-adds, and nC for the norm.
  @Test(arguments: [1, 2, 4]) func `mHC's coefficients backwards take what is derived by hand`(_ n: Int) throws {
    let (C, t) = (5, 20)
    let w = n * n + 2 * n
    let counts = try #require(
      try Self.counted(.manifold, tokens: 1, streams: n, channels: C)["coefficients backward"]
    ).tally
    let sinkhornAdditions = n * n + 2 * t * (n * n - n) + 2 * t * 2 * n * n
    #expect(counts.additions == w + 4 * n + sinkhornAdditions + w + w + 6 + 2 * n * C * w + n * C)
    #expect(counts.multiplications == 3 + w + 5 * n + 2 * t * n * n + n * n + w + 6 + w + 3 + 2 * n * C * w + n * C)
    #expect(counts.divisions == 1 + 2 * n + 2 * t * n * n * 2 + 1)
    #expect(counts.exponentials == 2 * n + n * n)
  }

  /// HC, w = n² + 2n, tanh kept: w additions for b, w multiply-adds for α, w more to undo tanh, w products with α/r, of
  /// which there are three a stream; 1/r; θ's and the streams' products, g·x and its multiple of x; two products and a
  /// division a stream.
  @Test(arguments: [1, 2, 4]) func `HC's coefficients backwards take what is derived by hand`(_ n: Int) throws {
    let C = 5
    let w = n * n + 2 * n
    let counts = try #require(
      try Self.counted(.hyper, tokens: 1, streams: n, channels: C)["coefficients backward"]
    ).tally
    #expect(counts.additions == 3 * w + 2 * n * (n + 2) * C + 2 * n * C)
    #expect(counts.multiplications == 3 * w + 3 * n + 2 * n * (n + 2) * C + 2 * n * C + 2 * n)
    #expect(counts.divisions == 2 * n)
    #expect(counts.tangents == 0 && counts.exponentials == 0)
  }
}
