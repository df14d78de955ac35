import Foundation
import TestSupport
import Testing

/// Schedules, traces and timelines from the command line.
@Suite struct `A scheduled plan` {
  private let line = "plan llama-3-8b --hardware h200 --data 2 --pipeline 4"

  @Test(arguments: ["gpipe", "1f1b", "interleaved", "zb-h1", "zb-v", "dualpipe", "dualpipev"])
  func `of every schedule has a time, messages, and a peak that is the sum of its parts`(schedule: String) throws {
    let run = try Tool.run("\(line) --schedule \(schedule) --json")
    let document = try run.document()
    #expect(document["request"]?["schedule"]?.string == schedule)
    let memory = try #require(document["memory"])
    let parts = try #require(memory["parts"]?.keys).compactMap { memory["parts"]?[$0]?.int }
    #expect(parts.reduce(0, +) == memory["peakBytes"]?.int)
    let kinds = try #require(document["time"]?["communication"]).elements.compactMap { $0["kind"]?.string }
    #expect(kinds == ["data", "pipeline"])
  }

  @Test func `writes a trace whole, and prints a line a stage`() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let run = try Tool.run(line + " --schedule dualpipe --timeline --trace \(file.path)")
    #expect(run.code == 0, "\(run.stderr)")
    #expect(run.stdout.contains("\n"))
    let object = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    #expect((object?["traceEvents"] as? [Any])?.isEmpty == false)
    expectRefusal(
      try Tool.run(line + " --trace /no/such/folder/trace.json"), 1,
      mentions: ["/no/such/folder/trace.json", "No such file"])
  }
}
