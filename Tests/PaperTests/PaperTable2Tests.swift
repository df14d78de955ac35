import CostModel
import Testing

/// mHC (arXiv:2512.24880) Table 2, §3.2: every row as printed.
@Suite struct PaperTable2Tests {
  struct Row: Sendable, CustomTestStringConvertible {
    var connection: Connection
    var name: String
    var read: String
    var written: String
    var testDescription: String { "\(connection.rawValue): \(name)" }
  }

  static let rows = [
    Row(connection: .residual, name: "merge", read: "2C", written: "C"),
    Row(connection: .hyper, name: "coefficients", read: "nC", written: "n² + 2n"),
    Row(connection: .hyper, name: "pre-mix", read: "nC + n", written: "C"),
    Row(connection: .hyper, name: "post", read: "C + n", written: "nC"),
    Row(connection: .hyper, name: "res-mix", read: "nC + n²", written: "nC"),
    Row(connection: .hyper, name: "merge", read: "2nC", written: "nC"),
  ]

  @Test(arguments: rows) func `a row of Table 2`(_ row: Row) throws {
    let ledger = try #require(ConnectionLedger.of(row.connection, fusion: .unfused))
    let operation = try #require(ledger.forward.operations.first { $0.name == row.name })
    #expect(operation.readPerToken.description == row.read)
    #expect(operation.writtenPerToken.description == row.written)
  }

  @Test(arguments: [Connection.hyper, .manifold])
  func `Table 2: hyper-connections read (5n+1)C + n² + 2n and write (3n+1)C + n² + 2n`(_ connection: Connection) throws
  {
    let forward = try #require(ConnectionLedger.of(connection, fusion: .unfused)).forward
    #expect(forward.operations.count == 5)
    #expect(forward.readPerToken.description == "(5n+1)C + n² + 2n")
    #expect(forward.writtenPerToken.description == "(3n+1)C + n² + 2n")
  }

  @Test func `Table 2 at n = 4, C = 2560 in numbers`() throws {
    let forward = try #require(ConnectionLedger.of(.hyper, fusion: .unfused)).forward
    let values = SymbolValues(streams: 4, channels: 2560)
    #expect(try forward.readPerToken.evaluate(at: values) == 21 * 2560 + 24)
    #expect(try forward.writtenPerToken.evaluate(at: values) == 13 * 2560 + 24)
  }
}
