import TestSupport
import Testing

@Suite struct `The command layer` {
  /// Rows of Table 2 at n = 4, C = 2560, by hand: nC = 10240, n² + 2n = 24.
  static let hyper = [(10240, 24), (10244, 2560), (2564, 10240), (10256, 10240), (20480, 10240)]

  @Test func `prints Table 2 at n = 4, C = 2560`() throws {
    let document = try Tool.run(
      "layer --streams 4 --channels 2560 --connection residual --connection hc --fusion unfused --json"
    ).document()
    let connections = try #require(document["connections"]).elements
    #expect(connections.map { $0["connection"]?.string } == ["residual", "hc"])
    #expect(connections.map { $0["fusion"]?.string } == ["unfused", "unfused"])
    let rows = connections[1]["forward.operations"]?.elements ?? []
    #expect(rows.map { $0["readElements"]?.int } == Self.hyper.map(\.0))
    #expect(rows.map { $0["writtenElements"]?.int } == Self.hyper.map(\.1))
    // (5n+1)C + n² + 2n and (3n+1)C + n² + 2n.
    #expect(connections[1]["forward.readElements"]?.int == 53784)
    #expect(connections[1]["forward.writtenElements"]?.int == 33304)
    #expect(connections[1]["forward.readFormula"]?.string == "(5n+1)C + n² + 2n")
    #expect(connections[0]["forward.readElements"]?.int == 5120)
    #expect(connections[0]["forward.writtenElements"]?.int == 2560)
    #expect(connections[0]["parameters"]?.int == 0)
  }

  @Test func `prints the paper's kernels at n = 4: 13C read and 5C written, coefficients beside`() throws {
    let document = try Tool.run("layer --streams 4 --channels 2560 --connection mhc --fusion paper --json").document()
    let connection = try #require(document["connections"]?.elements.first)
    // nC(n² + 2n) + n² + 2n + 3
    #expect(connection["parameters"]?.int == 245_787)
    let (read, written) = (connection["forward.readElements"]?.int, connection["forward.writtenElements"]?.int)
    #expect(try #require(read) / 2560 == 13)
    #expect(try #require(written) / 2560 == 5)
    #expect(try #require(read) % 2560 < 150 && #require(written) % 2560 < 150)
  }

  @Test(arguments: ["4 --channels 4096", "1 --channels 1", "64 --channels 16777216 --sinkhorn-iterations 1000"])
  func `prints totals that are sums of their rows`(sizes: String) throws {
    let document = try Tool.run("layer --streams \(sizes) --stream-format fp32 --coefficients recomputed --json")
      .document()
    let connections = try #require(document["connections"]).elements
    #expect(connections.count > 5)
    for connection in connections {
      for pass in ["forward", "backward", "recompute"] {
        let rows = try #require(connection["\(pass).operations"]).elements
        for key in ["readElements", "writtenElements", "flops"] {
          #expect(try connection["\(pass).\(key)"]?.int == rows.reduce(0) { try $0 + #require($1[key]?.int) })
        }
        #expect(rows.allSatisfy { $0["name"]?.string?.isEmpty == false && $0["readFormula"]?.string != nil })
      }
    }
  }
}
