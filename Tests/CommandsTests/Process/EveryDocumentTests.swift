import TestSupport
import Testing

@Suite struct `Every document` {
  static let lines = [
    "layer --streams 4 --channels 2560 --json",
    "layer --streams 8 --channels 7168 --connection mhc --fusion two-pass --json",
    "recompute --layers 60 --streams 4 --saved 10 --json",
    "recompute --layers 7 --streams 2 --in-flight 3 --budget 200 --json",
    "hardware --json",
    "evidence --json",
    "hardware h200 --json",
    "plan mhc-27b --hardware h200 --pipeline 4 --expert 8 --data 8 --json",
    "plan llama-3-8b --hardware b200 --data 8 --json",
    "search llama-3-8b --hardware b200 --devices 4 --global-batch 8 --json",
  ]

  @Test(arguments: lines) func `is alone on stdout, begins with its schema, is sorted, and is the same twice`(
    line: String
  ) throws {
    let run = try Tool.run(line)
    #expect(run.code == 0, "\(run.stderr)")
    #expect(run.stderr.isEmpty)
    let document = try run.document()
    let command = String(line.prefix { $0 != " " }) + (line == "hardware --json" ? "-list" : "")
    #expect(document.keys.first == "schema")
    #expect(document["schema"]?.string == "mhc-plan/\(command)/1")
    for key in ["request", "assumptions", "excluded"] { #expect(document.keys.contains(key)) }
    #expect(document["assumptions"]?.elements.allSatisfy { $0.string?.isEmpty == false } == true)
    #expect(document["excluded"]?.elements.isEmpty == false)
    for (path, members) in document.objects {
      let keys = members.map(\.key).filter { path != "" || $0 != "schema" }
      #expect(keys == keys.sorted(), "\(path)")
      #expect(Set(keys).count == keys.count, "\(path)")
      for (key, value) in members {
        // A formula may be a number.
        let isFormula = key.lowercased().hasSuffix("formula") || path.contains("formulas")
        if !isFormula, value.string.flatMap(Double.init) != nil { Issue.record("\(path)\(key) is a number in quotes") }
        // Bytes and elements are counted, not measured.
        let isCount = key.hasSuffix("Elements") || key.hasSuffix("Bytes")
        if isCount, case .raw = value, value.int == nil, !path.contains("formulas") {
          Issue.record("\(path)\(key) is no integer")
        }
      }
    }
    #expect(try Tool.run(line).stdout == run.stdout)
  }

  @Test func `goes to no reader without a crash, and to a full device with exit code 1`() throws {
    let closed = try Tool.shell(
      #""$0" plan llama-3-8b --hardware b200 --data 8 --json | head -c 0; exit ${PIPESTATUS[0]}"#)
    #expect(closed.code == 0)
    #expect(closed.stderr.isEmpty)
    let verdict = try Tool.shell(#""$0" plan llama-3-70b --hardware l40s | head -c 0; exit ${PIPESTATUS[0]}"#)
    #expect(verdict.code == 2)
    let shut = try Tool.shell(#""$0" hardware --json >&-"#)
    expectRefusal(shut, 1, mentions: ["stdout"])
    #if os(Linux)
      expectRefusal(try Tool.shell(#""$0" hardware --json >/dev/full"#), 1, mentions: ["stdout", "No space left"])
    #endif
  }
}
