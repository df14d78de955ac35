import ArgumentParser
import CostModel
import LayerRuntime
import Measurement
import Validation

/// The model against the real layer on this machine.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Predict what the real layer does on this machine, run it, and compare: time, memory, counts.",
    discussion: """
      Example: mhc-plan validate --quick --json > validation.json

      Every row is predicted before it is run, from the ledger and the machine's rates alone. The exit code is 3 where a \
      limit is exceeded: a median error of times of 10 %, a 90th percentile of 25 %, a byte of any peak, 5 % of the \
      resident set, one count.
      """)

  @Flag(help: "About a third of all cases, in about a minute.") var quick = false
  @Option(help: ArgumentHelp("Only cases whose name contains this; --list prints the names.", valueName: "name"))
  var `case`: String?
  @Flag(help: "Print the names of the cases, and run none.") var list = false
  @Flag(help: "Print one JSON document, raw samples included.") var json = false
  @Option(
    help: ArgumentHelp(
      "Only run the one case of --case so often, for a cache simulator, and print its bytes by the ledger.",
      valueName: "times", visibility: .hidden))
  var replay: Int?
  @Option(help: ArgumentHelp("The last cache's bytes for --replay.", valueName: "bytes", visibility: .hidden))
  var cache = 33_554_432

  func validate() throws {
    if let replay { try Check.range(replay, 0...1000, "--replay") }
  }

  func run() throws {
    if let replay { return try replayCase(replay) }
    let scope = Validator.Scope(isQuick: quick, only: `case`)
    let names = try Validator.names(scope)
    guard !names.isEmpty else {
      throw ValidationError("--case: expected a part of a case's name, found \(`case` ?? ""); --list prints them")
    }
    if list { return try Console.printResult(names.joined(separator: "\n")) }
    let report: ValidationReport
    let rates: MachineRates
    do {
      rates = try measuredRates()
      report = try Validator(scope, rates: rates).run()
    } catch {
      throw CommandFailure("validate: \(error)", status: .failure)
    }
    let document = ValidateDocument(report, request: .init(case: `case`, quick: quick), rates: rates)
    try Console.printResult(json ? document.jsonText() : ValidateText(report: report, document: document).text)
    if !report.failures.isEmpty { throw ExitCode(ExitStatus.outsideTolerance.rawValue) }
  }

  private func replayCase(_ times: Int) throws {
    do {
      guard let found = try Replay.run(`case` ?? "", times: times, cacheBytes: cache) else {
        throw ValidationError("--case: expected the name of a timed case with --replay, found \(`case` ?? "")")
      }
      try Console.printResult("\(found.loadedBytes) \(found.storedBytes)")
    } catch let error as RuntimeError {
      throw CommandFailure("validate: \(error)", status: .failure)
    }
  }

  /// The rates of this machine, measured now.
  private func measuredRates() throws -> MachineRates {
    let plan = MeasurementPlan(
      caches: ThisMachine.caches, threads: 2, memory: ThisMachine.memory, effort: .quick)
    return try Measurement(plan).run(on: ThisMachine.identity()).rates
  }
}
