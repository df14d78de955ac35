import ArgumentParser
import CostModel
import Evidence
import FoundationEssentials
import Profiles
import Quantities

/// Learns a device profile from a kernel author's times.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Learn a device profile from a kernel author's times.",
    discussion: """
      Example: mhc-plan calibrate --from mine.csv --hardware h200 --out mine.json

      The table is in either of the two formats of evidence/data, told apart by its header. Every kernel gets the \
      constants of t = t0 + bytes / (η B), with error bars from the fit; a warning says where the rows cannot tell t0 \
      from η. The profile is the device's with these constants in it, for --hardware of plan and evidence.
      """)

  @Option(help: ArgumentHelp("The times.", valueName: "csv")) var from: String
  @Option(help: ArgumentHelp("The profile to write; it is replaced whole.", valueName: "file.json")) var out: String
  @Option(
    help: ArgumentHelp(
      "The device that was timed, built in or a profile. Default: the table's system, b200 for kernel times.",
      valueName: "name"))
  var hardware: String?
  @Option(help: ArgumentHelp("Take the rows of this system only.", valueName: "name")) var system: String?
  @Flag(help: "Print one JSON document.") var json = false

  func run() throws {
    let file = try OutputFile(out)
    let request = CalibrateRequest(from: from, out: out, hardware: hardware, system: system)
    let source = try CalibrationSource(request)
    let document = CalibrateDocument(request, source)
    let profile = HardwareDocument(source.calibrated, request: source.base.name)
    let text = try profile.jsonText()
    let result = try json ? document.jsonText() : CalibrateText(document: document).text
    try file.write(text)
    for warning in document.warnings { Console.printMessage("mhc-plan: warning: \(warning)") }
    try Console.printResult(result)
  }
}

/// What was asked for.
struct CalibrateRequest: Encodable {
  var from: String
  var out: String
  var hardware: String?
  var system: String?

  enum CodingKeys: String, CodingKey { case from, out, hardware, system }

  /// Nothing asked for is said too.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(from, forKey: .from)
    try container.encode(out, forKey: .out)
    try container.encode(hardware, forKey: .hardware)
    try container.encode(system, forKey: .system)
  }
}
