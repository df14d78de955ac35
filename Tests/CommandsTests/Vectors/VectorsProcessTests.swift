import Foundation
import TestSupport
import Testing

@Suite struct `The command vectors` {
  /// Runs `body` with the path of a file in a folder of its own.
  static func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-vectors-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appending(path: "small.safetensors").path)
  }

  @Test(arguments: ["paper", "deepseek-v4", "megatron", "liger", "transformer-engine"])
  func `writes what every implementation then agrees with`(convention: String) throws {
    try Self.withFile { file in
      let written = try Tool.run(
        "vectors write --out \(file) --streams 3 --channels 20 --tokens 7 --seed 5 --convention \(convention)")
      #expect(written.code == 0 && written.stdout.isEmpty, "\(written.stderr)")
      for implementation in ["reference", "unfused", "fused", "fastest"] {
        let run = try Tool.run("vectors check \(file) --implementation \(implementation) --json")
        #expect(run.code == 0, "\(run.stderr)")
        let document = try run.document()
        #expect(document["schema"]?.string == "mhc-plan/vectors-check/1")
        let rows = try #require(document["tensors"]?.elements)
        #expect(rows.count == 18)
        #expect(rows.allSatisfy { ($0["errorFraction"]?.double ?? 1) < 1e-5 })
      }
    }
  }

  @Test func `a chain of connections agrees, and the same seed writes the same bytes`() throws {
    try Self.withFile { file in
      let line = "vectors write --streams 4 --channels 16 --tokens 6 --layers 3 --seed 9 --out"
      #expect(try Tool.run("\(line) \(file)").code == 0)
      #expect(try Tool.run("\(line) \(file).again").code == 0)
      let (first, second) = (
        try Data(contentsOf: URL(filePath: file)), try Data(contentsOf: URL(filePath: "\(file).again"))
      )
      #expect(first == second)
      #expect(try Tool.run("vectors check \(file)").code == 0)
    }
  }

  @Test func `one wrong number in a result exits 3, and a cut file 65`() throws {
    try Self.withFile { file in
      #expect(try Tool.run("vectors write --out \(file) --channels 16 --tokens 4").code == 0)
      let good = try Data(contentsOf: URL(filePath: file))
      var bad = good
      // The last tensor by name is a result in double precision; its last byte has the exponent.
      bad[bad.count - 1] ^= 0x01
      try bad.write(to: URL(filePath: file))
      #expect(try Tool.run("vectors check \(file)").code == 3)
      try good.dropLast().write(to: URL(filePath: file))
      expectRefusal(try Tool.run("vectors check \(file)"), 65, mentions: ["small.safetensors", "data_offsets"])
    }
  }

  @Test func `a manifest decides over the file's own metadata, by the file's name`() throws {
    try Self.withFile { file in
      #expect(try Tool.run("vectors write --out \(file) --channels 16 --tokens 4 --convention deepseek-v4").code == 0)
      let entry =
        #""T": 4, "n": 4, "C": 16, "iters": 20, "sink": "softmax_eps", "sink_eps": 1e-6, "rms": "mean_eps", "#
        + #""rms_eps": 1e-6, "pre_eps": 1e-6, "post_mult": 2.0"#
      let manifest = file.replacing("small.safetensors", with: "manifest.json")
      func check(_ text: String) throws -> Tool.Run {
        try Data(text.utf8).write(to: URL(filePath: manifest))
        return try Tool.run("vectors check \(file) --manifest \(manifest)")
      }
      #expect(try check(#"{"a": {"file": "small.safetensors", "orient": "HT", \#(entry)}}"#).code == 0)
      // The other orientation is another layer.
      #expect(try check(#"{"a": {"file": "small.safetensors", "orient": "H", \#(entry)}}"#).code == 3)
      expectRefusal(
        try check(#"{"a": {"file": "other.safetensors", \#(entry)}}"#), 65, mentions: ["small.safetensors"])
      expectRefusal(
        try check(#"{"a": {"file": "small.safetensors", "orient": "T", \#(entry)}}"#), 65, mentions: ["orient", "HT"])
    }
  }

  @Test func `what cannot be done says so in one line`() throws {
    expectRefusal(try Tool.run("vectors check /no/such/file"), 1, mentions: ["/no/such/file"])
    expectRefusal(try Tool.run("vectors check /no/such\nfile"), 1, mentions: ["/no/such\\u{a}file"])
    for wrong in ["0", "abc"] {
      expectRefusal(
        try Tool.run("vectors check x --tolerance \(wrong)"), 64, mentions: ["--tolerance", "number above 0", wrong])
    }
    expectRefusal(try Tool.run("vectors write --out x --streams 17"), 64, mentions: ["--streams", "16"])
    expectRefusal(try Tool.run("vectors write --out x --convention papper"), 64, mentions: ["papper", "deepseek-v4"])
    expectRefusal(try Tool.run("vectors write --out /no/such/folder/x --tokens 1"), 1, mentions: ["/no/such/folder/x"])
  }
}
