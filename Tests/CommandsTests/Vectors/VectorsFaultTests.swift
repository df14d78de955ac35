import Foundation
import TestSupport
import Testing

/// Files in which something is wrong that no tensor's own number tells.
@Suite struct `Faults of vector files` {
  /// A file as `vectors write` makes it, with bytes of its header replaced by as many others.
  private func check(_ options: String = "", replacing old: String, with new: String) throws -> Tool.Run {
    var run: Tool.Run?
    try `The command vectors`.withFile { file in
      #expect(try Tool.run("vectors write --out \(file) --channels 16 --tokens 4 \(options)").code == 0)
      var bytes = try Data(contentsOf: URL(filePath: file))
      let place = try #require(bytes.range(of: Data(old.utf8)))
      try #require(old.utf8.count == new.utf8.count)
      bytes.replaceSubrange(place, with: Data(new.utf8))
      try bytes.write(to: URL(filePath: file))
      run = try Tool.run("vectors check \(file)")
    }
    return try #require(run)
  }

  @Test func `a misspelt result is no tensor that nobody looks at`() throws {
    expectRefusal(
      try check(replacing: "out.X_next", with: "out.X_nexd"), 65, mentions: ["out.X_nexd", "out.X_next"])
  }

  @Test func `a misspelt key is told with the one that is missing`() throws {
    expectRefusal(
      try check(replacing: "\"sink_eps\"", with: "\"sinc_eps\""), 65,
      mentions: ["sink_eps: expected a number, found no such key; is \"sinc_eps\" meant to be it?"])
  }

  /// What a kernel gets wrong, and inputs that show it: an author who asks for them finds out.
  @Test(arguments: [
    ("deepseek-v4", "--stream-scale 0.001", #""rms_eps":"1e-06""#, #""rms_eps":"0.000""#),
    ("deepseek-v4", "--logit-scale 6", #""iters":"20""#, #""iters":"19""#),
    ("deepseek-v4", "--logit-scale 6", #""sink":"softmax_eps""#, #""sink":"col_row""#),
    ("deepseek-v4", "--pre-bias=-9", #""pre_eps":"1e-06""#, #""pre_eps":"0.000""#),
  ]) func `inputs of other magnitudes show a convention that is not the file's`(
    _ convention: String, _ options: String, _ own: String, _ wrong: String
  ) throws {
    let wrong = wrong.padding(toLength: own.utf8.count, withPad: " ", startingAt: 0)
    #expect(try check("--convention \(convention) \(options)", replacing: own, with: wrong).code == 3)
    #expect(try check("--convention \(convention) \(options)", replacing: own, with: own).code == 0)
  }

  @Test func `what is not compared is told`() throws {
    let run = try check(replacing: "grad_mid.logits", with: "something.else!")
    #expect(run.code == 0)
    #expect(run.stdout.contains("not compared: something.else!: not a tensor of the layer"))
    #expect(run.stdout.contains("not compared: grad_mid.logits: not in the file"))
  }

  @Test func `one layer that is counted has numbered names`() throws {
    // A key that nothing reads makes room for the count of layers.
    let run = try check("--seed 12345678901", replacing: #""seed":"12345678901""#, with: #""layers":"1","x":"1""#)
    expectRefusal(run, 65, mentions: ["in.0.fn"])
  }

  @Test func `a number that is none exits 3, though the layer has none there either`() throws {
    try `The command vectors`.withFile { file in
      #expect(try Tool.run("vectors write --out \(file) --channels 16 --tokens 4").code == 0)
      var bytes = try Data(contentsOf: URL(filePath: file))
      // in.X of one token becomes NaN, and with it what is made of it, in the file as in the layer.
      let header = 8 + Int(bytes[0]) + Int(bytes[1]) << 8
      let text = try #require(String(data: bytes[8..<header], encoding: .utf8))
      func begin(_ name: String) throws -> Int {
        let entry = try #require(text.range(of: "\"\(name)\":{"))
        let offsets = try #require(text[entry.upperBound...].range(of: "\"data_offsets\":["))
        return header + (Int(text[offsets.upperBound...].prefix { $0 != "," }) ?? 0)
      }
      let (x, next) = (try begin("in.X"), try begin("out.X_next"))
      for byte in 0..<4 { bytes[x + byte] = [0, 0, 0xC0, 0x7F][byte] }
      for index in 0..<64 {
        for byte in 0..<8 { bytes[next + 8 * index + byte] = [0, 0, 0, 0, 0, 0, 0xF8, 0x7F][byte] }
      }
      try bytes.write(to: URL(filePath: file))
      let run = try Tool.run("vectors check \(file) --json")
      #expect(run.code == 3)
      let rows = try #require(try run.document()["tensors"]?.elements)
      let row = try #require(rows.first { $0["tensor"]?.string == "out.X_next" })
      #expect(row["errorFraction"] != nil && row["errorFraction"]?.double == nil)
    }
  }

  @Test func `two entries of a manifest for one file are one too many`() throws {
    try `The command vectors`.withFile { file in
      #expect(try Tool.run("vectors write --out \(file) --channels 16 --tokens 4").code == 0)
      let manifest = file.replacing("small.safetensors", with: "manifest.json")
      let entry = #"{"file": "small.safetensors"}"#
      try Data("{\"a\\nb\": \(entry), \"c\": \(entry)}".utf8).write(to: URL(filePath: manifest))
      expectRefusal(
        try Tool.run("vectors check \(file) --manifest \(manifest)"), 65, mentions: ["one entry", "c"])
    }
  }

  @Test func `cases that no machine holds are refused`() throws {
    expectRefusal(
      try Tool.run("vectors write --out x --tokens 0 --channels 4096 --layers 100 --streams 16"), 64,
      mentions: ["--channels", "numbers"])
  }

  @Test func `a file of more than 1 GiB is not read`() throws {
    try `The command vectors`.withFile { file in
      #expect(FileManager.default.createFile(atPath: file, contents: nil))
      let handle = try FileHandle(forWritingTo: URL(filePath: file))
      try handle.truncate(atOffset: 1 << 40)
      try handle.close()
      expectRefusal(try Tool.run("vectors check \(file)"), 65, mentions: ["1073741824", "1099511627776"])
    }
  }
}
