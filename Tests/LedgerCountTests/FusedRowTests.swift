import CostModel
import LayerRuntime
import Quantities
import Testing

/// The rows of the paper's kernels against counted runs of the rows of Table 2 that each of them fuses.
///
/// What a fused kernel makes and uses itself stays on chip: it is counted in the run and left out of the comparison.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (14) to (19), §4.3.1.
@Suite struct FusedRowTests {
  /// Kernels of the paper's ledger, and what they stand for in the reference.
  struct Group: CustomTestStringConvertible {
    var kernels: [String]
    var rows: [ReferenceConnection<CountingScalar>.Row]
    /// Tensors that stay on chip.
    var inner: Set<String>
    var testDescription: String { kernels.joined(separator: " + ") }
  }
  static let groups = [
    Group(kernels: ["pre-mix"], rows: [.preMix], inner: []),
    Group(kernels: ["merge"], rows: [.post, .resMix, .merge], inner: ["post", "res"]),
    Group(kernels: ["merge backward"], rows: [.resMixBackward, .postBackward], inner: []),
    Group(kernels: ["pre-mix backward"], rows: [.preMixBackward, .accumulatePre], inner: ["grad x, pre"]),
  ]
  /// The coefficients' kernels, which hand small tensors to each other.
  static let coefficientGroups = [
    Group(kernels: ["project", "coefficients", "sinkhorn"], rows: [.coefficients], inner: []),
    Group(
      kernels: ["sinkhorn backward", "coefficients backward", "project backward"],
      rows: [.coefficientsBackward, .accumulateCoefficients], inner: ["grad x, coef"]),
  ]

  struct Counts {
    var tally = ArithmeticTally()
    var loaded: [String: Int] = [:]
    var stored: [String: Int] = [:]
  }

  /// A group's rows run as one operation after everything has run once.
  static func counted(_ group: Group, _ kind: ConnectionKind, tokens: Int, streams: Int, channels: Int) throws -> Counts
  {
    let shape = try LayerShape(tokens: tokens, streams: streams, channels: channels)
    let sizes = try #require(ConnectionSizes(kind, shape))
    let x = (0..<tokens * streams * channels).map { Double(($0 * 7919) % 101) / 50 - 1 }
    let connection = try ReferenceConnection<CountingScalar>(
      kind, shape, .paper, x: x, phi: (0..<sizes.weights).map { Double(($0 * 104_729) % 97) / 97 - 0.5 },
      alpha: [0.5, 0.6, 0.7], bias: [Double](repeating: 0.1, count: sizes.coefficients), gradNext: x.reversed())
    connection.run(
      connection.rowsBeforeLayer + connection.rowsAfterLayer + connection.backwardRowsBeforeLayer
        + connection.backwardRowsAfterLayer)
    connection.allTensors.forEach { $0.startTracing() }
    var counts = Counts()
    counts.tally = ArithmeticTally.counting { connection.run(group.rows) }
    for tensor in connection.allTensors where !group.inner.contains(tensor.name) {
      counts.loaded[tensor.name] = tensor.loadedElements
      counts.stored[tensor.name] = tensor.storedElements
    }
    return counts
  }

  static func kernels(_ group: Group, _ connection: Connection) throws -> [CostModel.Operation] {
    let ledger = try #require(ConnectionLedger.of(connection, fusion: .paper))
    let rows = ledger.forward.operations + ledger.backward.operations
    return try group.kernels.map { name in try #require(rows.first { $0.name == name }, "\(name)") }
  }

  static func sum(_ accesses: [TensorAccess], _ isCounted: (TensorAccess) -> Bool, _ values: SymbolValues) throws -> Int
  {
    try accesses.filter(isCounted).reduce(0) { $0 + (try $1.elements.evaluate(at: values)) }
  }

  @Test(arguments: groups, [2, 4]) func `a kernel moves and computes what the rows that it fuses do`(
    _ group: Group, _ streams: Int
  ) throws {
    let (tokens, channels) = (2, 5)
    let counts = try Self.counted(group, .manifold, tokens: tokens, streams: streams, channels: channels)
    let kernel = try #require(Self.kernels(group, .manifold).first)
    let values = SymbolValues(streams: streams, channels: channels)
    #expect(counts.loaded.values.reduce(0, +) == tokens * (try kernel.readPerToken.evaluate(at: values)))
    #expect(counts.stored.values.reduce(0, +) == tokens * (try kernel.writtenPerToken.evaluate(at: values)))
    #expect(counts.tally.additions == tokens * (try kernel.arithmetic.additions.evaluate(at: values)))
    #expect(counts.tally.multiplications == tokens * (try kernel.arithmetic.multiplications.evaluate(at: values)))
    #expect(counts.tally.flops == tokens * (try kernel.arithmetic.flops.evaluate(at: values)))
  }

  @Test(arguments: coefficientGroups, [2, 4])
  func `the coefficients' kernels together move the streams once, and compute what one row does`(
    _ group: Group, _ streams: Int
  ) throws {
    let (tokens, channels) = (2, 5)
    let counts = try Self.counted(group, .manifold, tokens: tokens, streams: streams, channels: channels)
    let kernels = try Self.kernels(group, .manifold)
    let values = SymbolValues(streams: streams, channels: channels)
    func ledger(_ accesses: KeyPath<CostModel.Operation, [TensorAccess]>) throws -> Int {
      try kernels.reduce(0) { $0 + (try Self.sum($1[keyPath: accesses], { $0.tensorClass == .stream }, values)) }
    }
    let streamTensors = ["x", "grad x"]
    #expect(try streamTensors.reduce(0) { $0 + (counts.loaded[$1] ?? 0) } == tokens * ledger(\.reads))
    #expect(try streamTensors.reduce(0) { $0 + (counts.stored[$1] ?? 0) } == tokens * ledger(\.writes))
    // The kernels' sum, kind by kind; each makes again what it does not keep, as the one row does.
    func total(_ kind: KeyPath<Arithmetic, Formula>) throws -> Int {
      try kernels.reduce(0) { $0 + tokens * (try $1.arithmetic[keyPath: kind].evaluate(at: values)) }
    }
    if group.rows == [.coefficients] {
      #expect(counts.tally.additions == (try total(\.additions)))
      #expect(counts.tally.multiplications == (try total(\.multiplications)))
      #expect(counts.tally.divisions == (try total(\.divisions)))
      #expect(counts.tally.exponentials == (try total(\.exponentials)))
      #expect(counts.tally.squareRoots == (try total(\.squareRoots)))
    } else {
      // Backwards the kernels part what one row shares: within what the coefficients take, and of the same matrix products.
      let products = tokens * 2 * streams * channels * (streams * streams + 2 * streams)
      #expect(counts.tally.multiplications >= products)
      #expect(try total(\.multiplications) >= products)
    }
  }

  /// What the backward pass reads has been kept, and what is kept has been written.
  @Test(arguments: Fusion.allCases.filter { $0 != .eager })
  func `what is kept for the backward pass is written by the forward pass`(
    _ fusion: Fusion
  ) throws {
    let ledger = try #require(ConnectionLedger.of(.manifold, fusion: fusion))
    let kept = Set(ledger.saved.map(\.tensor.tensor))
    let writes = ledger.forward.operations.flatMap(\.writes)
    #expect(kept.isSuperset(of: ["H", "projection"]))
    // Table 2's coefficient row, kept as the paper prints it, writes H alone; the kernels of §4.3.1 write both.
    #expect(writes.contains { $0.tensor == "projection" } == (fusion != .unfused))
    // H is one tensor to keep, and two or three to write: n² + 2n numbers.
    let values = SymbolValues(streams: 4, channels: 8)
    let coefficients = try Self.sum(writes, { $0.tensorClass == .coefficient && $0.tensor != "projection" }, values)
    #expect(coefficients >= 24)
    let made = Set(ledger.backward.operations.flatMap { $0.writes.map(\.tensor) })
    let read = Set(
      ledger.backward.operations.flatMap { $0.reads.filter { $0.tensorClass == .coefficient }.map(\.tensor) })
    for tensor in read.subtracting(made) where !tensor.hasPrefix("grad") {
      #expect(kept.contains(tensor) || tensor.hasPrefix("H"), "\(tensor) is read and not kept")
    }
  }
}
