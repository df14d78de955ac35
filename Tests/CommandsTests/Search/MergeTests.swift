import FoundationEssentials
import TestSupport
import Testing

@testable import Commands

@Suite struct `The merge command` {
  static let search = "search mhc-27b --hardware h200 --devices 8 --global-batch 16 --tensor 1,2 --context 1 --zero 1,3"

  /// The lines of every part of the search, made once.
  static let parts: [[String]] = (1...3).map { number in
    let run = try? Tool.run("\(search) --shard \(number)/3 --jsonl --threads \(number)")
    return run?.stdout.split(separator: "\n").map(String.init) ?? []
  }

  private static func merge(_ lines: [String], _ options: String = "--json") throws -> Tool.Run {
    try Tool.run("merge \(options)", input: lines.joined(separator: "\n") + "\n")
  }

  @Test func `gives the document of the whole search, byte by byte, from lines in any order`() throws {
    var random = SplitMix64(seed: 1)
    let whole = try Tool.run(Self.search + " --json")
    #expect(whole.code == 0)
    #expect(try Self.merge(Self.parts.flatMap(\.self)).stdout == whole.stdout)
    #expect(try Self.merge(Self.parts.flatMap(\.self).shuffled(using: &random)).stdout == whole.stdout)
    let one = try Tool.run(Self.search + " --jsonl").stdout.split(separator: "\n").map(String.init)
    #expect(try Self.merge(one).stdout == whole.stdout)
    let text = try Tool.run(Self.search)
    #expect(try Self.merge(Self.parts.reversed().flatMap(\.self), "").stdout == text.stdout)
  }

  @Test func `takes files, in any order`() throws {
    let run = try Tool.shell(
      """
      folder=$(mktemp -d) && cd "$folder" && trap 'rm -r "$folder"' EXIT
      for i in 3 1 2; do "$0" \(Self.search) --shard $i/3 --jsonl >part-$i.jsonl || exit 9; done
      "$0" merge part-2.jsonl part-3.jsonl part-1.jsonl --json
      """)
    #expect(run.code == 0, "\(run.stderr)")
    #expect(run.stdout == (try Tool.run(Self.search + " --json").stdout))
    expectRefusal(try Tool.run("merge no-such-file.jsonl"), 1, mentions: ["no-such-file.jsonl"])
    expectRefusal(try Tool.run("merge - -"), 64, mentions: ["FILES"])
  }

  @Test func `refuses parts that are missing, there twice, cut otherwise, or of another search`() throws {
    let parts = Self.parts
    expectRefusal(try Self.merge(parts[0] + parts[2]), 65, mentions: ["expected 3 parts, found 2: missing 2"])
    expectRefusal(try Self.merge(parts[1]), 65, mentions: ["missing 1, 3"])
    expectRefusal(
      try Self.merge(parts.flatMap(\.self) + [parts[1][0]]), 65, mentions: ["stdin: line", "part 2 of 3 once"])
    expectRefusal(
      try Self.merge(parts.flatMap(\.self) + [parts[1][1]]), 65, mentions: ["stdin: line", "a second time"])
    expectRefusal(
      try Self.merge(parts[0] + parts[1] + parts[2].dropLast()), 65, mentions: ["plans: expected"])
    let otherwise = try Tool.run(Self.search + " --shard 2/4 --jsonl").stdout.split(separator: "\n").map(String.init)
    expectRefusal(try Self.merge(parts[0] + otherwise), 65, mentions: ["shards: expected 3", "cut otherwise"])
    let foreign = try Tool.run(
      Self.search.replacing("--global-batch 16", with: "--global-batch 32") + " --shard 2/3 --jsonl"
    ).stdout.split(separator: "\n").map(String.init)
    expectRefusal(
      try Self.merge(parts[0] + foreign + parts[2]), 65, mentions: ["search: expected", "a part of another search"])
    expectRefusal(try Self.merge([]), 65, mentions: ["found none"])
  }

  @Test func `refuses a line that was changed, by its place`() throws {
    let whole = Self.parts.flatMap(\.self)
    func refuse(_ line: String, _ words: [String]) throws {
      expectRefusal(
        try Self.merge([whole[0], line] + whole.dropFirst(2)), 65, mentions: ["stdin: line 2"] + words)
    }
    let line = whole[1]
    try refuse(line.replacing(#""data":"#, with: #""daat":"#), ["plan.data: expected a value, found no such key"])
    try refuse(line.replacing(#""shard":1"#, with: #""shard":"1""#), ["shard: expected a whole number"])
    try refuse(line.replacing(#""peakBytes":"#, with: #""peakBytes":1"#), ["check: expected", "changed after"])
    try refuse(line.replacing(#""shard":1"#, with: #""shard": 1"#), ["another spelling from byte"])
    try refuse(line.replacing(#""shard":1"#, with: #""shard":1,"shard":1"#), ["another spelling from byte"])
    try refuse(line.replacing("search-part/1", with: "search-part/2"), ["schema: expected mhc-plan/search-part/1"])
    try refuse(String(line.dropLast()), ["expected one JSON object"])
    try refuse(String(repeating: "[", count: 100_000), ["expected one JSON object"])
    try refuse(String(repeating: "x", count: 1 << 20 + 1), ["expected at most 1048576 bytes"])
  }

  @Test func `gives the same document, or one line, for lines changed by a seed`() throws {
    let lines = Self.parts.flatMap(\.self)
    let whole = try Self.document(lines)
    var refused = 0
    for seed in 0..<UInt64(300) {
      let place = Int(seed) % lines.count
      var changed = lines
      changed[place] = String(decoding: try Mutation(lines[place]).bytes(seed: seed), as: UTF8.self)
      do {
        // A change that leaves the line as it was, or adds an empty line.
        #expect(try Self.document(changed) == whole, "seed \(seed)")
      } catch let error as CommandFailure {
        refused += 1
        #expect(error.status == .data)
        #expect(!error.description.isEmpty && !error.description.contains("\n"), "seed \(seed)")
      }
    }
    #expect(refused > 200)
  }

  /// What `merge` prints, without a process.
  private static func document(_ lines: [String]) throws -> String {
    var read: [PartFile.Line] = []
    for (number, line) in lines.joined(separator: "\n").split(separator: "\n").enumerated() {
      let place = "x: line \(number + 1)"
      read.append(PartFile.Line(place: place, content: try PartFile.content(Array(line.utf8)[...], place)))
    }
    let merged = try MergedParts(read)
    return try SearchDocument(merged.header, merged.findings, merged.tally, merged.entries).jsonText()
  }
}
