import TestSupport
import Testing

@Suite struct `A wrong input` {
  @Test(
    arguments: [
      ("plan deepseek-v4-flsh --hardware h200", ["deepseek-v4-flsh", "did you mean \"deepseek-v4-flash\""]),
      ("plan deepseek-v4-flash --hardware h20O", ["h20O", "did you mean \"h200\""]),
      ("plan deepseek-v4-flash --hardwre h200", ["--hardwre", "did you mean '--hardware'"]),
      ("plan deepseek-v4-flash --hardware h200 --pipelin=8", ["--pipelin'", "did you mean '--pipeline'"]),
      ("plan deepseek-v4-flash", ["--hardware"]),
      ("plan --hardware h200", ["MODEL"]),
      ("plam deepseek-v4-flash", ["'plam'", "did you mean 'plan'"]),
      ("plan llama-3-8b --hardware h200 --connection mch", ["--connection", "'mch'", "did you mean 'mhc'"]),
      ("plan llama-3-8b --hardware h200 --fusion papr", ["--fusion", "did you mean 'paper'"]),
      ("plan llama-3-8b --hardware h200 --optimizer adam", ["--optimizer", "'adam'", "adamw"]),
      ("plan llama-3-8b --hardware h200 --recompute unevn", ["--recompute", "did you mean 'uneven'"]),
      ("plan llama-3-8b --hardware h200 --recompute 0", ["--recompute", "1 to 65536", "'0'"]),
      ("plan llama-3-8b --hardware h200 --recompute 3x0", ["--recompute", "BLOCKSxLAYERS", "'3x0'"]),
      ("plan llama-3-8b --hardware h200 --recompute 3x2x1", ["--recompute", "BLOCKSxLAYERS", "'3x2x1'"]),
      ("plan llama-3-8b --hardware h200 --layer-recompute fully", ["--layer-recompute", "did you mean 'full'"]),
      ("plan llama-3-8b --hardware h200 --reserve 4", ["--reserve", "4GiB", "'4'"]),
      ("plan llama-3-8b --hardware h200 --reserve nan%", ["--reserve", "'nan%'"]),
      ("plan llama-3-8b --hardware h200 --reserve 101%", ["--reserve", "'101%'"]),
      ("plan llama-3-8b --hardware h200 --stage-layers 16,,16", ["--stage-layers", "'16,,16'"]),
      ("plan llama-3-8b --hardware h200 --pipeline 2 --stage-layers 16,17", ["--stage-layers", "32", "16,17"]),
      ("plan llama-3-8b --hardware h200 --connection hc --fusion single-pass", ["--fusion", "hc", "single-pass"]),
      ("plan llama-3-8b --hardware h200 --connection kromhc --streams 3", ["--streams", "kromhc", "3"]),
      ("plan llama-3-8b --hardware h200 --tensor 3", ["--tensor", "divisor", "3"]),
      ("plan llama-3-8b --hardware h200 --expert 2", ["--expert", "no experts"]),
      ("plan llama-3-8b --hardware h200 --stream-format fp8", ["--stream-format", "fp8"]),
      ("plan llama-3-8b --hardware h200 --explain memoy", ["--explain", "did you mean memory?"]),
      ("plan llama-3-8b --hardware h200 surplus", ["surplus"]),
      ("plan llama-3-8b --hardware h200 --schedule dualpip", ["--schedule", "did you mean 'dualpipe'"]),
      ("plan llama-3-8b --hardware h200 --pipeline 3 --schedule dualpipe", ["--pipeline", "even", "4"]),
      (
        "plan llama-3-8b --hardware h200 --pipeline 4 --schedule interleaved --global-batch 7", ["--global-batch", "8"]
      ),
      ("plan llama-3-8b --hardware h200 --pipeline 4 --schedule interleaved --chunks 16", ["--pipeline", "2"]),
      ("plan llama-3-8b --hardware h200 --timeline --json", ["--timeline", "--json"]),
      ("plan - --hardware -", ["--hardware", "stdin"]),
      ("layer --steams 4 --channels 64", ["--steams", "did you mean '--streams'"]),
      ("layer --streams 17 --channels 64 --connection mhc-lite", ["--streams", "mhc-lite", "17"]),
      ("recompute --layers 60 --streams 4 --in-flght 2", ["--in-flght", "did you mean '--in-flight'"]),
      ("hardware h100-smx", ["h100-smx", "did you mean \"h100-sxm\""]),
    ]) func `on the command line exits 64 with one line that names it`(line: String, words: [String]) throws
  {
    expectRefusal(try Tool.run(line), 64, mentions: words)
    expectRefusal(try Tool.run(line + " --json"), 64, mentions: words)
  }

  @Test(
    arguments: [
      ("plan MODEL --hardware h200", ["data", "tensor", "pipeline", "expert", "context", "microbatch", "sequence"]),
      ("plan MODEL --hardware h200", ["global-batch", "streams", "zero"]),
      ("layer --streams 4 --channels 64", ["streams", "channels", "sinkhorn-iterations"]),
      ("recompute --layers 6 --streams 4", ["layers", "streams", "saved", "in-flight", "budget"]),
    ]) func `for a number exits 64 with one line that names the option`(line: String, options: [String]) throws
  {
    let line = line.replacing("MODEL", with: "llama-3-8b").split(separator: " ").map(String.init)
    let takesZero = ["zero", "saved", "budget"]
    for option in options {
      // An option given twice counts once, the last time.
      for value in ["0", "-1", "99999999999999999999", "9223372036854775807", "nan", "", "1e9", "0x10", "4 "]
      where value != "0" || !takesZero.contains(option) {
        expectRefusal(try Tool.run(line + ["--\(option)", value]), 64, mentions: ["--\(option)"])
      }
    }
  }

  @Test func `file that is not there exits 1`() throws {
    expectRefusal(try Tool.run("plan /no/such/config.json --hardware h200"), 1, mentions: ["/no/such/config.json"])
    expectRefusal(try Tool.run("plan llama-3-8b --hardware ./none.json"), 1, mentions: ["./none.json"])
    expectRefusal(try Tool.run("plan / --hardware h200"), 1, mentions: ["/", "config.json"])
  }

  @Test(
    arguments: [
      ("", ["stdin"]), ("{", ["stdin"]), ("[1]", ["stdin"]), ("{}", ["stdin", "model_type", "schema"]),
      (#"{"model_type": "lama"}"#, ["stdin", "model_type", "lama", "llama"]),
      (#"{"schema": "mhc-plan/model/9"}"#, ["stdin", "schema", "mhc-plan/model/9"]),
      (SmallConfigs.llama.replacing(#""hidden_size": 64"#, with: #""hidden_size": -64"#), ["hidden_size", "-64"]),
      (SmallConfigs.llama.replacing(#""hidden_size": 64"#, with: #""hidden_size": "64""#), ["hidden_size", "64"]),
      (SmallConfigs.llama.replacing(#""vocab_size": 1000"#, with: #""vocab_size": 1e400"#), ["stdin"]),
      (String(SmallConfigs.deepSeekV4.dropLast(20)), ["stdin"]),
    ]) func `data exits 65 with one line that names file and key`(document: String, words: [String]) throws
  {
    expectRefusal(try Tool.run("plan - --hardware h200 --json", input: document), 65, mentions: words)
  }

  @Test func `hardware profile exits 65`() throws {
    let profile = try Tool.run("hardware h100-sxm --json").stdout
    let wrong = profile.replacing("\"capacityBytes\"", with: "\"capacityByte\"")
    expectRefusal(try Tool.run("plan llama-3-8b --hardware -", input: wrong), 65, mentions: ["stdin", "capacityBytes"])
  }

  @Test func `warning comes with the result, not before an error`() throws {
    let config = SmallConfigs.llama.replacing("\"mlp_bias\"", with: "\"num_experts\": 4, \"mlp_bias\"")
    let done = try Tool.run("plan - --hardware h200 --json", input: config)
    #expect(done.code == 0)
    #expect(done.stderr.hasPrefix("mhc-plan: warning: stdin: num_experts"), "\(done.stderr)")
    _ = try done.document()
    expectRefusal(try Tool.run("plan - --hardware h200 --tensor 3", input: config), 64, mentions: ["--tensor"])
  }
}
