import ArgumentParser
import CostModel
import Measurement
import Profiles
import Validation

/// The model against the real layer on this machine.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Predict what the real layer does on this machine, run it, and compare: time, memory, counts.",
    discussion: """
      Example: mhc-plan validate --quick --json > validation.json

      Every row is predicted before it is run, from the ledger, the machine's rates, and probes of as many bytes and \
      multiply-adds beside it. The exit code is 3 where a limit is exceeded: a median error of times of 10 %, a 90th \
      percentile of 25 %, a byte of any peak, 5 % of the resident set, one count.
      """)

  @Option(
    help: ArgumentHelp(
      "A profile of this machine by mhc-plan measure. Default: measure it now, quickly.", valueName: "profile"))
  var hardware: String?
  @Flag(help: "Take a profile of another machine.") var anyMachine = false
  @Flag(help: "About a third of all cases, in about two minutes.") var quick = false
  @Option(
    help: ArgumentHelp(
      "Only cases whose name contains this, or one of several parts with commas between them; --list prints the names.",
      valueName: "name"))
  var `case`: String?
  @Flag(help: "Print the names of the cases, and run none.") var list = false
  @Flag(help: "Print one JSON document, raw samples included.") var json = false
  @Option(
    help: ArgumentHelp(
      "A folder to write the run to as a page and a picture.", valueName: "folder", visibility: .hidden))
  var page: String?

  func validate() throws {
    if list, json { throw ValidationError("--list: expected it without --json, found both") }
  }

  func run() throws {
    let scope = Validator.Scope(isQuick: quick, only: `case`)
    let names = try Validator.names(scope)
    guard !names.isEmpty else {
      throw ValidationError("--case: expected a part of a case's name, found \(`case` ?? ""); --list prints them")
    }
    if list { return try Console.printResult(names.joined(separator: "\n")) }
    let files = try page.map { try ValidationPage.Files(folder: $0) }
    let progress = ProgressLine()
    defer { progress.clear() }
    let report: ValidationReport
    let rates = try machineRates(progress)
    do {
      report = try Validator(scope, rates: rates).run { progress.show($0, fraction: $1) }
    } catch {
      throw CommandFailure("validate: \(error)", status: .failure)
    }
    progress.clear()
    let request = ValidateDocument.Request(anyMachine: anyMachine, case: `case`, hardware: hardware, quick: quick)
    let document = ValidateDocument(report, request: request, rates: rates)
    if let files { try ValidationPage(report: report, document: document).write(to: files) }
    try Console.printResult(json ? document.jsonText() : ValidateText(report: report, document: document).text)
    if !report.failures.isEmpty { throw ExitCode(ExitStatus.outsideTolerance.rawValue) }
  }

  /// The profile's rates, or those of this machine measured now.
  private func machineRates(_ progress: ProgressLine) throws -> MachineRates {
    let identity = ThisMachine.identity()
    if let hardware {
      return try HardwareSource.loadMeasured(hardware).rates(for: identity, anyMachine: anyMachine)
    }
    let plan = MeasurementPlan(
      caches: identity.caches, threads: min(2, ThisMachine.cores), memory: ThisMachine.memory, effort: .quick)
    do {
      let result = try Measurement(plan).run(on: identity) { progress.show("measure: \($0)", fraction: 0.1 * $1) }
      try MeasurementQuality.check(result.timings)
      return result.rates
    } catch {
      throw CommandFailure(error.description, status: .failure)
    }
  }
}
