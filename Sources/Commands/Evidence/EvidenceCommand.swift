import ArgumentParser
import CostModel
import Evidence
import Profiles
import Quantities

/// The model against times and memory that others measured on GPUs.
struct EvidenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evidence",
    abstract: "The model against times and memory that others measured on GPUs.",
    discussion: """
      Example: mhc-plan evidence --modules mine.csv

      Without files, the published tables that are built in. The constants of the kernel law are learned on some rows \
      of those tables and tested on the others, and on every row of a file that is not among the learned. A file is \
      in either of the two formats of evidence/data, told apart by its header. Exit code 3 when tested rows are \
      outside the stated tolerance.
      """)

  @Option(help: ArgumentHelp("Kernel times, of a connection each.", valueName: "csv")) var kernels: String?
  @Option(help: ArgumentHelp("Module times, of two connections each.", valueName: "csv")) var modules: String?
  @Option(
    help: ArgumentHelp(
      "A device profile with kernel constants, as calibrate writes it: its constants are tested instead.",
      valueName: "profile"))
  var hardware: String?
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    if kernels == "-", modules == "-" {
      throw ValidationError("--modules: expected a file, found '-', which --kernels reads already")
    }
  }

  func run() throws {
    let document = try EvidenceDocument(
      EvidenceRequest(kernels: kernels, modules: modules, hardware: hardware))
    try Console.printResult(json ? document.jsonText() : EvidenceText(document: document).text)
    let missed = document.tolerances.filter { !$0.holds }.map(\.name)
    if !missed.isEmpty {
      throw CommandFailure("outside the stated tolerance: \(missed.joined(separator: ", "))", status: .outsideTolerance)
    }
  }
}

/// What was asked for.
struct EvidenceRequest: Encodable {
  var kernels: String?
  var modules: String?
  var hardware: String?

  enum CodingKeys: String, CodingKey { case kernels, modules, hardware }

  /// Nothing asked for is said too.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(kernels, forKey: .kernels)
    try container.encode(modules, forKey: .modules)
    try container.encode(hardware, forKey: .hardware)
  }

  /// Whether the built-in tables are what is tested.
  var isBuiltIn: Bool { kernels == nil && modules == nil }
}
