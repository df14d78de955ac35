import ArgumentParser
import CostModel
import FoundationEssentials
import Planner
import Profiles
import Search

/// The best layouts for a number of devices.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "The fastest layouts that fit on so many devices, time against memory, and what each choice costs.",
    discussion: """
      Example: mhc-plan search mhc-27b --hardware h200 --devices 64 --global-batch 512 --tensor 1,2,4,8

      Plans every layout of the devices under every setting of the lists. Every plan printed comes with the command line \
      of 'plan' that gives it. SIGINT prints the best so far. Exits with 2 if nothing fits.

      --shard 3/16 does the third of sixteen parts; with --jsonl its lines go to 'merge', which prints what the whole \
      search prints.
      """)

  @Argument(help: ArgumentHelp("A built-in model, a file, or - for stdin.", valueName: "MODEL")) var model: String
  @Option(help: "A built-in device, or a file.") var hardware: String
  @Option(help: "Devices, all of them used.") var devices: Int
  @Option(help: "Sequences of a step.") var globalBatch: Int
  @Option(help: "Tokens of a sequence. Default: the model's.") var sequence: Int?
  @OptionGroup(title: "Sizes, lists such as 1,2,4") var sizes: SizeOptions
  @OptionGroup(title: "Training, lists first") var training: SearchTrainingOptions
  @Option(help: "Layouts to print, 1 to 1000.") var top = 10
  @Option(help: "Threads. Default: as many as the machine has.") var threads: Int?
  @Option(help: "A part of the search, such as 3/16.") var shard: ShardArgument?
  @Flag(help: "Print one JSON document.") var json = false
  @Flag(help: "Print JSON lines for 'merge'.") var jsonl = false

  func validate() throws {
    if model == "-", hardware == "-" {
      throw ValidationError("--hardware: expected a name or a file, as MODEL is read from stdin, found '-'")
    }
    if json, jsonl { throw ValidationError("--jsonl: expected --json or --jsonl, found both") }
    if shard != nil, !jsonl {
      throw ValidationError("--shard: expected --jsonl with it, as a part has no result of its own, found none")
    }
    try Check.range(top, 1...1000, "--top")
    if let threads { try Check.range(threads, 1...1024, "--threads") }
    for (option, size) in [
      ("--devices", devices), ("--global-batch", globalBatch), ("--sequence", sequence ?? 1),
    ] {
      try Check.range(size, 1...Layout.largestSize, option)
    }
  }

  /// The search that the options ask for.
  func problem(_ loaded: LoadedModel, on device: Hardware) throws -> SearchProblem {
    let lists = try training.lists(for: loaded.shape)
    let space = SearchSpace(
      devices: devices, sequence: sequence ?? loaded.shape.defaultSequence, globalBatch: globalBatch,
      sequenceParallel: sizes.sequenceParallel, sizes: try sizes.resolve(), settings: lists,
      questions: Self.questions(training.connection, lists))
    return try SearchProblem(
      model: loaded.shape, hardware: device, setup: try training.resolve(lists), space: space)
  }

  /// A gigabyte more, no hyper-connections, and fewer streams than any that were asked for.
  static func questions(_ connection: Connection, _ lists: SettingLists) -> [Question] {
    let more = Question.moreMemory(bytes: 1 << 30)
    guard connection != .residual, let least = lists.streams.min() else { return [more] }
    let fewer = [2, 4, 8, 16, 32].filter { $0 < least && connection.allows(streams: $0) }
    return [more, .residual] + fewer.map { .streams($0) }
  }

  func run() async throws {
    let loaded = try ModelSource.load(model)
    let device = try HardwareSource.load(hardware)
    let problem = try problem(loaded, on: device)
    let header = try SearchHeader(loaded, device, problem, top: top)
    let shard = shard?.shard ?? .whole
    let result = try await sweep(problem, shard)
    let line = PlanCommandLine(model: model, hardware: hardware)
    var entries: [Candidate: SearchEntry] = [:]
    for candidate in result.findings.kept {
      guard let planner = problem.planner(of: candidate) else { continue }
      entries[candidate] = try SearchEntry(candidate, planner, on: device, line)
    }
    let text: String
    if jsonl {
      text = try SearchLine.lines(header, shard, result, entries).joined(separator: "\n")
    } else {
      let document = SearchDocument(header, result.findings, result.tally, entries)
      text = try json ? document.jsonText() : SearchText(document).text
    }
    for warning in loaded.warnings { Console.printMessage("mhc-plan: warning: \(warning)") }
    try Console.printResult(text)
    if !result.isComplete, let signal = Interruption.signal {
      Console.printMessage("mhc-plan: interrupted: this is the best of \(result.tally.layouts) layouts")
      throw ExitCode(128 + signal)
    }
    // A part of a search may well be without a plan that fits; the whole says so.
    if !jsonl, result.findings.best.isEmpty { throw ExitCode(ExitStatus.doesNotFit.rawValue) }
  }

  private func sweep(_ problem: SearchProblem, _ shard: Shard) async throws -> SweepResult {
    let layouts = shard.share(of: problem.layouts.count)
    let progress = SearchProgress(
      layouts: layouts, plansPerLayout: problem.layouts.isEmpty ? 0 : problem.candidateCount / problem.layouts.count)
    Interruption.remember()
    defer { progress.end() }
    return try await problem.sweep(
      shard, limit: top, tasks: threads ?? ProcessInfo.processInfo.activeProcessorCount,
      isCancelled: { Interruption.signal != nil }, progress: { progress.add($0) })
  }
}
