import ArgumentParser
import CostModel
import Measurement
import Quantities

/// This machine's rates, as a hardware profile.
struct MeasureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure",
    abstract: "This machine as a hardware profile: memory rates, matrix products, vector code, thread starts.",
    discussion: """
      Example: mhc-plan measure --quick --out mine.json

      The file is a profile for --hardware, with every sample in it. Without --quick it takes up to three minutes; let \
      the machine do nothing else meanwhile. A machine on which samples differ too much is refused.
      """)

  @Flag(help: "Take at most 15 s on two cores, instead of three minutes.") var quick = false
  @Option(help: ArgumentHelp("The profile to write. Written whole or not at all.", valueName: "file"))
  var out: String?
  @Option(help: "The most threads. Default: the processors of this machine.") var threads: Int?
  @Flag(help: "Print the profile as one JSON document.") var json = false

  func validate() throws {
    if let threads { try Check.range(threads, 1...min(256, ThisMachine.cores), "--threads") }
  }

  func run() throws {
    let file = try out.map { try OutputFile($0) }
    let identity = ThisMachine.identity()
    let plan = MeasurementPlan(
      caches: identity.caches, threads: threads ?? min(256, ThisMachine.cores), memory: ThisMachine.memory,
      effort: effort)
    let result = try measured(plan, on: identity)
    try Console.printResult(try kept(result, in: file, tell: Console.printMessage))
  }

  /// Runs a plan.
  func measured(_ plan: MeasurementPlan, on identity: MachineIdentity) throws -> Measurement.Result {
    let progress = ProgressLine()
    defer { progress.clear() }
    do {
      return try Measurement(plan).run(on: identity) { progress.show($0, fraction: $1) }
    } catch {
      throw CommandFailure(error.description, status: .failure)
    }
  }

  /// Writes the profile, where a file was asked for and the samples are worth it.
  ///
  /// - Parameters:
  ///   - result: what was measured.
  ///   - file: where the profile goes; nil for nowhere.
  ///   - tell: told warnings, and that the file was written.
  /// - Returns: what is to be printed.
  /// - Throws: `CommandFailure` where samples differ too much, or the file cannot be written; it is then as it was.
  func kept(_ result: Measurement.Result, in file: OutputFile?, tell: (String) -> Void) throws -> String {
    do {
      try MeasurementQuality.check(result.timings)
    } catch {
      throw CommandFailure(error.description, status: .failure)
    }
    let rates = result.rates
    guard let hardware = Hardware(measured: rates, memory: ThisMachine.memory) else {
      throw CommandFailure("expected a measured memory, found none", status: .failure)
    }
    for warning in rates.conditions.warnings { tell("mhc-plan: warning: \(warning)") }
    let document = HardwareDocument(
      hardware, rates: rates,
      request: HardwareDocument.Request(effort: effort.rawValue, threads: rates.threadCounts.last))
    let text = try document.jsonText()
    if let file {
      try file.write(text)
      tell("wrote \(file.path)")
    }
    return json ? text : MeasureText(rates: rates, hardware: hardware, isKept: file != nil).text
  }

  private var effort: Effort { quick ? .quick : .full }
}
