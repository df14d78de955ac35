import CostModel
import Foundation
import Planner
import Profiles
import TestSupport
import Testing

@testable import Commands

@Suite struct `The command plan` {
  /// Layouts that every model has: one device, and 32 of them.
  static let lines = BuiltInModels.names.flatMap { model in
    let experts = model.contains("llama") ? "" : " --expert 8"
    return [
      "plan \(model) --hardware b300",
      "plan \(model) --hardware a100-80gb --pipeline 4 --data 8 --zero 3\(experts)",
      "plan \(model) --hardware mi355x --tensor 2 --context 2 --data 4 --recompute paper --layer-recompute full",
    ]
  }

  @Test(arguments: lines) func `prints a document that agrees with itself and its exit code`(line: String) throws {
    let run = try Tool.run(line + " --json")
    #expect(run.stderr.isEmpty, "\(run.stderr)")
    try Self.check(run)
  }

  static func check(_ run: Tool.Run) throws {
    let plan = try run.document()
    let total = try #require(plan["model.parameters.total"]?.int)
    #expect(
      try 0 < #require(plan["model.parameters.active"]?.int) && #require(plan["model.parameters.active"]?.int) <= total)
    let peak = try #require(plan["memory.peakBytes"]?.int)
    guard case .object(let parts)? = plan["memory.parts"] else { throw CommandFailure("no parts", status: .failure) }
    #expect(try parts.reduce(0) { try $0 + #require($1.value.int) } == peak)
    #expect(try parts.allSatisfy { try #require($0.value.int) >= 0 })
    for range in ["time.stepSeconds", "time.overheadFraction", "time.residualStepSeconds"] {
      let (low, expected, high) = (
        try #require(plan["\(range).low"]?.double), try #require(plan["\(range).expected"]?.double),
        try #require(plan["\(range).high"]?.double)
      )
      #expect(low <= expected && expected <= high, "\(range)")
    }
    #expect(try #require(plan["time.stepSeconds.low"]?.double) > 0)
    let budget = try #require(plan["verdict.budgetBytes"]?.int)
    let margin = try #require(plan["verdict.marginBytes"]?.int)
    #expect(margin == budget - peak)
    #expect(plan["verdict.fits"]?.bool == (margin >= 0))
    #expect(run.code == (margin >= 0 ? 0 : 2))
    let stages = try #require(plan["recompute.stages"]).elements
    #expect(stages.count == plan["request.pipeline"]?.int)
    for stage in stages {
      let blocks = try #require(stage["blocks"]).elements.compactMap(\.int).reduce(0, +)
      #expect(try blocks + #require(stage["storedLayers"]?.int) == stage["residualLayers"]?.int)
    }
    #expect(plan["recompute.blocks"] != nil)
  }

  @Test(
    arguments: [
      "--data 2", "--tensor 2", "--pipeline 2 --stage-layers 20,12", "--context 2", "--microbatch 2",
      "--sequence 1024", "--global-batch 16", "--no-sequence-parallel --tensor 2", "--stream-format fp32",
      "--matrix-format fp8", "--weight-format fp32", "--gradient-format bf16", "--layer-recompute attention",
      "--coefficients recomputed", "--recompute none", "--recompute uniform", "--recompute uneven", "--recompute 6",
    ] + (0...3).map { "--data 4 --zero \($0)" } + Optimizer.allCases.map { "--optimizer \($0.rawValue)" }
      + ["4GiB", "0%", "100%", "12.5%"].map { "--reserve \($0)" }
      + Connection.allCases.flatMap { connection in
        connection.fusions.map { "--connection \(connection.rawValue) --fusion \($0.rawValue) --streams 4" }
      }) func `takes every option and echoes it`(options: String) throws
  {
    let run = try Tool.run("plan llama-3-8b --hardware h200 --json " + options)
    try Self.check(run)
    let request = try #require(run.document()["request"])
    let words = options.split(separator: " ").map(String.init)
    for (option, value) in zip(words, words.dropFirst()) where option.hasPrefix("--") && !value.hasPrefix("--") {
      let parts = option.dropFirst(2).split(separator: "-")
      let name = String(parts[0]) + parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      let key = name == "zero" ? "zeroStage" : name
      let expected = option == "--streams" && options.contains("residual") ? "1" : value
      guard case .raw(let echoed)? = request[key] else {
        if key == "stageLayers" {
          #expect(request[key]?.elements.map { $0.int.map(String.init) ?? "" }.joined(separator: ",") == value)
        } else {
          Issue.record("\(key) is not in the request")
        }
        continue
      }
      let found = echoed.replacing("\"", with: "")
      #expect(found == expected || found.replacing(".0", with: "") == expected, "\(key)")
    }
  }

  @Test func `counts the reserve off the budget`() throws {
    let whole = try Tool.run("plan llama-3-8b --hardware h200 --json --reserve 0GiB").document()
    let less = try Tool.run("plan llama-3-8b --hardware h200 --json --reserve 4GiB").document()
    #expect(
      try #require(whole["verdict.budgetBytes"]?.int) - #require(less["verdict.budgetBytes"]?.int) == 4_294_967_296)
    #expect(whole["verdict.budgetBytes"]?.int == whole["hardware.memoryCapacityBytes"]?.int)
  }

  @Test func `explains every figure that it lists, with the number of the plan`() throws {
    let line = "plan mhc-27b --hardware h200 --pipeline 2 --expert 8 --data 8 --recompute uneven"
    let parts = try #require(Tool.run(line + " --json").document()["memory.parts"])
    let figures = try Tool.run(line + " --explain list").stdout.split(separator: "\n").map(String.init)
    #expect(figures.count > 10)
    for figure in figures {
      let run = try Tool.run(line + " --explain " + figure)
      #expect([0, 2].contains(run.code))
      #expect(run.stdout.split(separator: "\n").count >= 2, "\(figure)")
      if figure.hasPrefix("memory."), let bytes = parts["\(figure.dropFirst(7))Bytes"]?.int {
        #expect(run.stdout.hasPrefix("\(figure) = \(bytes) B"), "\(figure)")
        #expect(run.stdout.contains("source: "), "\(figure)")
      }
    }
    #expect(figures.filter { $0.hasPrefix("memory.") }.map { "\($0.dropFirst(7))Bytes" }.sorted() == parts.keys)
  }

  @Test func `reads the same model from stdin, a file and a folder`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-model-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "config.json")
    try Data(SmallConfigs.deepSeekV3.utf8).write(to: file)
    let piped = try Tool.run("plan - --hardware h200 --json", input: SmallConfigs.deepSeekV3)
    try Self.check(piped)
    let memory = "\(try #require(piped.document()["memory"]))"
    for path in [file.path, folder.path] {
      let run = try Tool.run(["plan", path, "--hardware", "h200", "--json"])
      #expect("\(try #require(run.document()["memory"]))" == memory, "\(run.stderr)")
    }
  }
}
