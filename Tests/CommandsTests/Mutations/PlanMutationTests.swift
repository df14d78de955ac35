import ArgumentParser
import CostModel
import FoundationEssentials
import Planner
import Profiles
import Quantities
import TestSupport
import Testing

@testable import Commands

/// Valid documents, made wrong by a seed and taken the whole way from bytes to the printed plan.
@Suite struct `Mutated documents` {
  /// Seeds for each of the fourteen documents: 1.4·10³ mutations, or as many as the environment says.
  ///
  /// `MUTATIONS_PER_DOCUMENT=7200 swift test -c release -Xswiftc -enable-testing --filter Mutated` makes 10⁵.
  static let seedsPerDocument =
    ProcessInfo.processInfo.environment["MUTATIONS_PER_DOCUMENT"].flatMap { UInt64($0) } ?? 100

  @Test(arguments: (SmallConfigs.all + [SmallConfigs.profile]).indices)
  func `of a model give a whole plan, or one line that says what is wrong`(document: Int) throws {
    let mutation = try Mutation((SmallConfigs.all + [SmallConfigs.profile])[document])
    let device = try HardwareSource.load("h100-sxm")
    try run(seedOffset: UInt64(document) << 32) { seed, command in
      let loaded = try ModelSource.read(mutation.bytes(seed: seed), from: .file("x.json"))
      return try Self.results(command, loaded, device)
    }
  }

  @Test(arguments: ["h200", "b200", "ascend-910b", "cpu-zen4-example"])
  func `of a device give a whole plan, or one line that says what is wrong`(name: String) throws {
    let text = try HardwareDocument(HardwareSource.load(name), request: .init(hardware: name)).jsonText()
    let mutation = try Mutation(text)
    let model = try ModelSource.read(Array(SmallConfigs.deepSeekV4.utf8), from: .file("x.json"))
    try run(seedOffset: 77 << 32) { seed, command in
      let device = try HardwareSource.read(mutation.bytes(seed: seed), from: .file("x.json"))
      return try Self.results(command, model, device)
    }
  }

  /// Every text that `plan` can print for one model and device.
  private static func results(
    _ command: PlanCommand, _ loaded: LoadedModel, _ device: Hardware
  ) throws -> (json: String, texts: [String]) {
    let (planner, plan) = try command.plan(loaded, on: device)
    let document = try PlanDocument(loaded, planner, plan)
    let explanation = Explanation(planner, plan)
    return (
      try document.jsonText(), [PlanText(document).text] + (try Explanation.figures.map(explanation.text(of:)))
    )
  }

  private func run(
    seedOffset: UInt64, _ results: (UInt64, PlanCommand) throws -> (json: String, texts: [String])
  ) throws {
    var (plans, errors): (UInt64, Set<String>) = (0, [])
    var slowest = (seed: UInt64(0), time: Duration.zero)
    for seed in 0..<Self.seedsPerDocument {
      let line = RandomCommandLine(seed: seedOffset + seed).arguments
      let start = ContinuousClock.now
      do {
        guard let command = try MHCPlan.parseAsRoot(["plan", "-", "--hardware", "h200"] + line) as? PlanCommand else {
          Issue.record("seed \(seed): another command for \(line)")
          continue
        }
        let (json, texts) = try results(seed, command)
        plans += 1
        if let flaw = Self.flaw(of: json) { Issue.record("seed \(seed), \(line): \(flaw)") }
        if let text = texts.first(where: { $0.isEmpty || $0.contains("nan") || $0.contains("inf ") }) {
          Issue.record("seed \(seed), \(line): \(text)")
        }
      } catch {
        let message = Program.failure(error)?.description ?? (error as? ValidationError)?.message
        if let message, !message.isEmpty, !message.contains(where: \.isNewline), message.utf8.count < 2000 {
          errors.insert(message)
        } else {
          Issue.record("seed \(seed), \(line): \(error)")
        }
      }
      slowest = max(slowest, (seed, ContinuousClock.now - start)) { $0.time < $1.time }
    }
    if Self.seedsPerDocument > 1000 {
      print("\(plans) plans, \(errors.count) different errors; slowest: seed \(slowest.seed), \(slowest.time)")
    }
    // Mutations that break everything, or nothing, would test nothing.
    // Few mutations leave a plan; with enough of them some must, or the mutations are too wild to say much.
    if Self.seedsPerDocument >= 1000 { #expect(plans > Self.seedsPerDocument / 500) }
    #expect(errors.count > min(100, Int(Self.seedsPerDocument / 10)))
  }

  /// What a document must not be; nil where all is well.
  private static func flaw(of json: String) -> String? {
    do {
      let document = try JSONTree(json)
      guard document.keys.first == "schema", let peak = document["memory.peakBytes"]?.int,
        let budget = document["verdict.budgetBytes"]?.int, let margin = document["verdict.marginBytes"]?.int,
        case .object(let parts)? = document["memory.parts"]
      else { return "a required key is missing" }
      if margin != budget - peak { return "margin" }
      if document["verdict.fits"]?.bool != (margin >= 0) { return "verdict" }
      if parts.reduce(0, { $0 + ($1.value.int ?? .min / 2) }) != peak { return "the parts are not the peak" }
      return nil
    } catch {
      return "\(error)"
    }
  }
}

private func max<Value>(_ first: Value, _ second: Value, by isLess: (Value, Value) -> Bool) -> Value {
  isLess(first, second) ? second : first
}

/// Options of `plan`, most of them small enough for a layout that exists.
private struct RandomCommandLine {
  let arguments: [String]

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed ^ 0x5EED)
    var arguments: [String] = []
    func add(_ option: String, _ values: [String], oneIn count: Int) {
      guard Bool.oneIn(count, &random), let value = values.randomElement(using: &random) else { return }
      arguments += [option, value]
    }
    let sizes = ["1", "1", "2", "2", "4", "8", "3", "64", "4096", "4294967296"]
    add("--data", sizes, oneIn: 4)
    add("--tensor", sizes, oneIn: 4)
    add("--pipeline", sizes, oneIn: 3)
    add("--expert", sizes, oneIn: 4)
    add("--context", sizes, oneIn: 6)
    add("--microbatch", sizes, oneIn: 4)
    add("--sequence", ["1", "128", "4096", "131072", "1048576", "4294967296"], oneIn: 2)
    add("--streams", ["1", "2", "3", "4", "8", "16", "64"], oneIn: 3)
    add("--connection", Connection.allCases.map(\.rawValue), oneIn: 3)
    add("--fusion", Fusion.allCases.map(\.rawValue), oneIn: 5)
    add(
      "--recompute", ["auto", "none", "paper", "uniform", "uneven", "1", "3", "65536", "3x2", "65536x65536"], oneIn: 2)
    add("--layer-recompute", RecomputeLevel.allCases.map(\.rawValue), oneIn: 3)
    add("--coefficients", ["kept", "recomputed"], oneIn: 3)
    add("--zero", ["0", "1", "2", "3"], oneIn: 3)
    add("--optimizer", Optimizer.allCases.map(\.rawValue), oneIn: 3)
    add("--reserve", ["0%", "100%", "12.5%", "0GiB", "4GiB", "1048576GiB"], oneIn: 4)
    add("--matrix-format", MatrixFormat.allCases.map(\.rawValue), oneIn: 4)
    add("--stream-format", ["bf16", "fp32"], oneIn: 4)
    add("--weight-format", ["bf16", "fp32", "fp8"], oneIn: 4)
    if Bool.oneIn(4, &random) { arguments.append("--no-sequence-parallel") }
    self.arguments = arguments
  }
}
