import Quantities
import Testing

@testable import Evidence

@Suite struct `The split into learned and tested rows` {
  @Test func `puts every built-in row on one side, none on both`() throws {
    let rows = try BuiltInEvidence.measurements()
    let learned = try BuiltInEvidence.learned()
    #expect(rows.count == (7 + 6) * 8 * 2 + 7 * 16 - 2)
    #expect(Set(rows.map(\.key)).count == rows.count)
    #expect(Set(learned).isSubset(of: Set(rows)))
    #expect(Set(learned).count == learned.count)
    let isLearned = Split.contains(learned)
    #expect(rows.count { isLearned($0) } == learned.count)
    // Seven stacks of two operations at eight sizes, two of which are missing.
    // Four of seven shapes of a kernel, none of the six held out; four of eight sizes of a module, but one at least where a table has gaps.
    #expect(rows.count { isLearned($0) && $0.operation.calls == 1 } == 4 * 8 * 2)
    #expect(rows.count { isLearned($0) && $0.operation.calls == 2 } >= 50)
    #expect(rows.count { !isLearned($0) && $0.operation.calls == 2 } >= 50)
  }

  @Test func `looks at sizes and never at a time`() throws {
    let rows = try BuiltInEvidence.measurements()
    var others = rows
    for index in others.indices { others[index].time = Seconds(Double(1 + (index * 7919) % 1000)) }
    #expect(Set(Split.learned(of: rows).map(\.key)) == Set(Split.learned(of: others).map(\.key)))
  }

  @Test func `learns the corners: smallest and largest, narrowest and widest`() {
    // Tokens and channels; sizes are products.
    let sizes = [(10, 10), (20, 10), (40, 10), (10, 20), (20, 20), (40, 20), (15, 15)]
    let learned = Split.learned(of: sizes.map { row(tokens: $0.0, channels: $0.1) })
    let found = Set(learned.map { [$0.tokens, $0.channels] })
    #expect(found == [[10, 10], [40, 20], [40, 10], [10, 20]])
  }

  @Test func `knows a learned row again by everything but its time and line`() {
    let first = row(tokens: 10, channels: 10)
    var again = first
    again.time = Seconds(7)
    again.line = 99
    let isLearned = Split.contains([first])
    #expect(isLearned(again))
    again.batch = 2
    #expect(!isLearned(again))
  }

  private func row(tokens: Int, channels: Int) -> Measurement {
    Measurement(
      source: "made", version: "", system: "b200", operation: .post, streams: 4, channels: channels, tokens: tokens,
      time: Seconds(1))
  }
}
