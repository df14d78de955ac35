import Foundation
import FrameworkSettings
import TestSupport
import Testing

@Suite struct `The option --emit` {
  static let plan = "plan deepseek-v4-flash --hardware b200 --pipeline 4 --expert 64 --sequence 8192 --emit "
  static let shells = ["megatron", "megatron-main", "megatron-dev", "mindspeed"]

  @Test(arguments: shells) func `prints what bash takes: comments and one array`(framework: String) throws {
    let text = try Tool.run(Self.plan + framework).stdout
    let script = text + #"printf '%s\n' "${#MHC_PLAN_ARGS[@]}" "${MHC_PLAN_ARGS[@]}""#
    let run = try Tool.shell("set -eu\n" + script)
    #expect(run.code == 0, "\(run.stderr)")
    #expect(run.stderr.isEmpty)
    let words = run.stdout.split(separator: "\n").map(String.init)
    #expect(Int(words[0]) == words.count - 1)
    #expect(words[1] == "--tensor-model-parallel-size")
    // Nothing but comments, flags and the array's two lines.
    for line in text.split(separator: "\n") {
      let bare = line.drop { $0 == " " }
      #expect(bare.hasPrefix("#") || bare.hasPrefix("--") || line == "MHC_PLAN_ARGS=(" || line == ")", "\(line)")
    }
  }

  @Test func `prints what Python takes`() throws {
    let text = try Tool.run(Self.plan + "megatron-bridge").stdout
    for line in text.split(separator: "\n") {
      let isStatement = line.hasPrefix("cfg.") && line.contains(" = ")
      let isCall = line.hasPrefix("set_deepseek_v4_pipeline_model_parallel_layout(cfg.model")
      #expect(line.hasPrefix("#") || line.hasPrefix("from ") || isStatement || isCall, "\(line)")
    }
    let check = try Tool.shell(
      """
      command -v python3 >/dev/null || exit 0
      "$0" \(Self.plan)megatron-bridge | python3 -c 'import ast, sys; ast.parse(sys.stdin.read())'
      """)
    #expect(check.code == 0, "\(check.stderr)")
  }

  @Test(arguments: Framework.names) func `says in one line that the model is not in it`(framework: String) throws {
    let lines = try Tool.run(Self.plan + framework).stdout.split(separator: "\n")
    // On main a model with experts and streams is a HybridModel.
    let size =
      switch framework {
      case "megatron-bridge": "cfg.model.num_layers, hidden_size"
      case "megatron", "megatron-main": "--hybrid-layer-pattern, --hidden-size"
      default: "--num-layers, --hidden-size"
      }
    #expect(lines.count { $0.hasPrefix("# the model's own f") && $0.contains(size) && $0.contains("not here") } == 1)
    #expect(!lines.contains { $0.hasPrefix("  --num-layers") || $0.hasPrefix("  --hidden-size") })
  }

  @Test func `takes megatron for its main branch`() throws {
    #expect(try Tool.run(Self.plan + "megatron").stdout == Tool.run(Self.plan + "megatron-main").stdout)
  }

  @Test(arguments: [
    "model\n$(touch pwned)\n`touch pwned`.json", "it's; touch pwned #.json", "\u{1B}[2J\r\u{2028}touch pwned.json",
    "\"\"\"\nimport os\n.json",
  ]) func `runs nothing of a hostile file name`(name: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-emit-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: name)
    try Data(SmallConfigs.deepSeekV3.utf8).write(to: file)
    for framework in Framework.names {
      let text = try Tool.run(["plan", file.path, "--hardware", "h200", "--emit", framework]).stdout
      #expect(text.hasPrefix("# "))
      #expect(!text.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\n" })
      for line in text.split(separator: "\n") where line.contains("pwned") || line.contains("import os") {
        #expect(line.hasPrefix("#"))
      }
      guard framework != "megatron-bridge" else { continue }
      let script = folder.appending(path: "script")
      try Data(text.utf8).write(to: script)
      let run = try Tool.shell("cd '\(folder.path)' && bash -n script && bash script")
      #expect(run.code == 0 && run.stdout.isEmpty && run.stderr.isEmpty, "\(run.stderr)")
    }
    #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "pwned").path))
  }

  @Test func `adds the settings to the document`() throws {
    let run = try Tool.run(Self.plan + "megatron-dev --json")
    #expect(run.code == 0)
    let emit = try #require(run.document()["emit"])
    let lines = try #require(emit["settings"]).elements.compactMap { $0["text"]?.string }
    let text = try Tool.run(Self.plan + "megatron-dev").stdout
    let printed = text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("--") }.map(
      String.init)
    #expect(lines == printed)
    #expect(emit["fits"]?.bool == true)
    #expect(try Tool.run(Self.plan.replacing(" --emit ", with: " --json")).document()["emit"] == nil)
  }

  @Test func `exits as the plan that it sets fits`() throws {
    // The plan fits in two stages; main has one stage for it, and one of these devices is too small.
    let line = "plan mhc-27b --hardware a100-80gb --pipeline 4 --expert 8 --data 8"
    #expect(try Tool.run(line).code == 0)
    let main = try Tool.run(line + " --emit megatron-main")
    let fits = !main.stdout.split(separator: "\n").contains {
      $0.hasPrefix("# these settings") && $0.contains("NOT FIT")
    }
    #expect(main.code == (fits ? 0 : 2))
    let small = try Tool.run("plan deepseek-v4-flash --hardware h100-sxm --emit megatron-dev")
    #expect(small.code == 2)
    #expect(small.stdout.contains("DOES NOT FIT"))
  }

  @Test func `names what it takes`() throws {
    let run = try Tool.run("plan llama-3-8b --hardware h200 --emit megatrn")
    expectRefusal(run, 64, mentions: ["--emit", "'megatrn'", "did you mean 'megatron'", "mindspeed"])
    expectRefusal(
      try Tool.run("plan llama-3-8b --hardware h200 --emit megatron --explain memory"), 64,
      mentions: ["--emit", "--explain"])
  }
}
