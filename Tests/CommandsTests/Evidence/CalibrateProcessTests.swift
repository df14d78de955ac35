import Foundation
import TestSupport
import Testing

private let moduleHeader = "system,framework,version,operation,streams,hidden,tokens,milliseconds\n"

/// A table of one made-up kernel library on an H200: post at 0.8 of 4.8 TB/s after 7 µs, pre-mix at 0.7 after 5.
private func table(tokens: [Int] = [2048, 8192, 32768, 131_072]) -> String {
  var text = moduleHeader
  for count in tokens {
    let bytes = (post: count * (9 * 4096 * 2 + 80), aggregate: count * (5 * 4096 * 2 + 16))
    let post = 7e-6 + Double(bytes.post) / 3.84e12
    let aggregate = 5e-6 + Double(bytes.aggregate) / 3.36e12
    text += "h200,mine,1,post forward,4,4096,\(count),\(post * 1e3)\n"
    text += "h200,mine,1,aggregate forward,4,4096,\(count),\(aggregate * 1e3)\n"
  }
  return text
}

@Suite struct `mhc-plan calibrate` {
  @Test func `keeps what one device can send to one other, and a plan of the profile says so`() throws {
    try withFolder { folder in
      let profile = folder.appending(path: "mine.json").path
      let run = try Tool.run(["calibrate", "--from", "-", "--hardware", "mi300x", "--out", profile], input: table())
      #expect(run.code == 0, "\(run.stderr)")
      let link = try Tool.run(["hardware", profile, "--json"]).document()["interconnect"]?["linkBytesPerSecond"]
      #expect(link?["value"]?.double == 64e9 && link?["kind"]?.string == "datasheet")
      func notes(_ device: String, _ part: String) throws -> Int {
        let plan = try Tool.run(["plan", "mhc-3b", "--hardware", device, "--pipeline", "2", "--json"]).document()
        return try #require(plan["assumptions"]?.elements).count { $0.string?.contains(part) == true }
      }
      #expect(try notes(profile, "at most 64 GB/s") == 1 && notes(profile, "linkBytesPerSecond is assumed") == 0)
      #expect(try notes("ascend-910b", "at most 28 GB/s") == 1)
      #expect(try notes("ascend-910b", "linkBytesPerSecond is assumed") == 1)
      #expect(try notes("h200", "sends another of its domain") == 0)
    }
  }

  @Test func `learns a profile that plan and evidence take`() throws {
    try withFolder { folder in
      let profile = folder.appending(path: "mine.json").path
      let run = try Tool.run(["calibrate", "--from", "-", "--out", profile, "--json"], input: table())
      #expect(run.code == 0, "\(run.stderr)")
      #expect(run.stderr.isEmpty)
      let constants = try #require(try run.document()["constants"]?.elements)
      #expect(constants.compactMap { $0["operation"]?.string } == ["aggregate forward", "post forward"])
      expectNear(constants[0]["efficiency"]?.double, 0.7)
      expectNear(constants[1]["efficiency"]?.double, 0.8)
      expectNear(constants[0]["latencies"]?.elements.first?["seconds"]?.double, 5e-6)
      expectNear(constants[1]["latencies"]?.elements.first?["seconds"]?.double, 7e-6)

      // What was learned is what a plan expects of a kernel, and printing the profile gives it again.
      let printed = try Tool.run(["hardware", profile, "--json"]).document()
      expectNear(printed["memory"]?["efficiency"]?["expected"]?.double, 0.75)
      expectNear(printed["kernelLatencySeconds"]?["expected"]?.double, 6e-6)
      #expect(printed["kernels"]?.elements.count == 2)
      #expect(try Tool.run(["plan", "mhc-3b", "--hardware", profile, "--json"]).code == 0)

      // Rows of the calibration are learned, others are tested.
      let more = table(tokens: [2048, 4096])
      let tested = try Tool.run(["evidence", "--hardware", profile, "--modules", "-", "--json"], input: more)
      #expect(tested.code == 0, "\(tested.stderr)")
      let rows = try #require(try tested.document()["rows"]?.elements)
      #expect(rows.compactMap { $0["side"]?.string } == ["learned", "learned", "tested", "tested"])
      for row in rows { #expect(abs(row["errorFraction"]?.double ?? 1) < 1e-6) }
    }
  }

  @Test func `warns on stderr where the table cannot tell t0 from η`() throws {
    try withFolder { folder in
      let profile = folder.appending(path: "mine.json").path
      let run = try Tool.run(["calibrate", "--from", "-", "--out", profile], input: table(tokens: [2048, 3000, 4096]))
      #expect(run.code == 0)
      #expect(run.stderr.contains("warning: mine post forward: the rows cannot tell t0 from η"), "\(run.stderr)")
    }
  }

  @Test func `leaves the old file as it was when the table is wrong`() throws {
    try withFolder { folder in
      let profile = folder.appending(path: "mine.json")
      try Data("old".utf8).write(to: profile)
      for (text, words) in [
        (table() + "h200,mine,1,post forward,4,4096,4096,nan\n", ["stdin, line 10", "milliseconds"]),
        (table().replacing("h200,mine,1,post forward,4,4096,2048", with: "b200,mine,1,post,4,4096,2048"), ["--system"]),
        (table().replacing("h200,", with: "h300,"), ["h300", "did you mean", "--hardware"]),
        (table(tokens: [2048]), ["two sizes"]),
      ] {
        let run = try Tool.run(["calibrate", "--from", "-", "--out", profile.path], input: text)
        expectRefusal(run, 65, mentions: words)
      }
      #expect(try String(contentsOf: profile, encoding: .utf8) == "old")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mine.json"])
    }
  }

  @Test func `writes nothing it may not, and says so`() throws {
    expectRefusal(
      try Tool.run(["calibrate", "--from", "-", "--out", "/no/such/mine.json"], input: table()), 1,
      mentions: ["/no/such/mine.json"])
    expectRefusal(try Tool.run("calibrate --from -"), 64, mentions: ["--out"])
    expectRefusal(try Tool.run("calibrate --out x.json"), 64, mentions: ["--from"])
  }

  @Test(arguments: [
    ("\"efficiency\"", "\"efficincy\"", "efficiency"), ("\"tokens\" : 2048", "\"tokens\" : -1", "tokens"),
    ("\"post forward\"", "5", "operation"), ("\"learned\"", "\"learnd\"", "learned"),
  ]) func `writes a section that is read as strictly as the rest`(old: String, new: String, word: String) throws {
    try withFolder { folder in
      let profile = folder.appending(path: "mine.json")
      let run = try Tool.run(["calibrate", "--from", "-", "--out", profile.path], input: table())
      #expect(run.code == 0)
      let text = try String(contentsOf: profile, encoding: .utf8)
      // Other sections have keys of the same names.
      let section = try #require(text.range(of: "\"kernels\""))
      let place = try #require(text.range(of: old, range: section.upperBound..<text.endIndex))
      let wrong = text.replacingCharacters(in: place, with: new)
      expectRefusal(
        try Tool.run(["plan", "mhc-3b", "--hardware", "-"], input: wrong), 65, mentions: ["stdin", "kernels[", word])
    }
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-calibrate-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func expectNear(_ found: Double?, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs((found ?? 0) / expected - 1) < 1e-6, "\(found ?? 0)", sourceLocation: sourceLocation)
  }
}
