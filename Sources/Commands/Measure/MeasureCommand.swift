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
    let file = try out.map { try ProfileFile($0) }
    let rates: MachineRates
    do {
      rates = try measured()
    } catch let error as MeasurementError {
      throw CommandFailure(error.description, status: .failure)
    }
    guard let hardware = Hardware(measured: rates, memory: ThisMachine.memory) else {
      throw CommandFailure("expected a measured memory, found none", status: .failure)
    }
    for warning in rates.conditions.warnings { Console.printMessage("mhc-plan: warning: \(warning)") }
    let document = HardwareDocument(
      hardware, rates: rates,
      request: HardwareDocument.Request(effort: effort.rawValue, threads: rates.threadCounts.last))
    let text = try document.jsonText()
    if let file {
      try file.write(text)
      Console.printMessage("wrote \(file.path)")
    }
    try Console.printResult(json ? text : MeasureText(rates: rates, hardware: hardware, isKept: file != nil).text)
  }

  private var effort: Effort { quick ? .quick : .full }

  private func measured() throws -> MachineRates {
    let identity = ThisMachine.identity()
    let plan = MeasurementPlan(
      caches: identity.caches, threads: threads ?? min(256, ThisMachine.cores), memory: ThisMachine.memory,
      effort: effort)
    let progress = ProgressLine()
    defer { progress.clear() }
    let result = try Measurement(plan).run(on: identity) { progress.show($0, fraction: $1) }
    try MeasurementQuality.check(result.timings)
    return result.rates
  }
}
