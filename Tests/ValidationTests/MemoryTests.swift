import CostModel
import LayerRuntime
import Testing

@testable import Validation

@Suite struct MemoryTests {
  @Test func `every stack and block choice peaks where the timeline says, to the byte and by purpose`() throws {
    let cases = try MemoryCases.all(quick: true, layers: 7)
    #expect(cases.count > 200)
    for stackCase in cases {
      let row = try MemoryRow.run(stackCase)
      #expect(row.predicted == row.measured, "\(row.name)")
    }
  }

  @Test func `counted runs do what the ledger says, row by row`() throws {
    for (kind, streams) in MemoryCases.connections {
      for row in try CountRow.rows(kind, streams: streams) {
        #expect(row.predicted == row.counted, "\(row.name) \(row.operation) \(row.quantity)")
      }
    }
  }
}
