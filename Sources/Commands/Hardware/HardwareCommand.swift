import ArgumentParser
import CostModel
import Profiles

/// The devices that a plan can be made for.
struct HardwareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hardware",
    abstract: "The built-in devices, or every number of one with its kind and source.",
    discussion: """
      Example: mhc-plan hardware h100-sxm --json > mine.json

      The JSON document of one device is a profile: change what differs on the machine at hand and give the file to \
      --hardware.
      """)

  @Argument(help: "A built-in device, a path to a profile, or - for the standard input. Default: list the built-in.")
  var name: String?
  @Flag(help: "Print one JSON document.") var json = false

  func run() throws {
    if let name {
      let profile = try HardwareSource.loadMeasured(name)
      let request = HardwareDocument.Request(hardware: name)
      try Console.printResult(
        json
          ? HardwareDocument(profile.hardware, rates: profile.rates, request: request).jsonText()
          : HardwareText(hardware: profile.hardware).text)
    } else {
      let list = try BuiltInHardware.names.map { name in try HardwareSource.load(name) }
      try Console.printResult(json ? HardwareListDocument(list).jsonText() : HardwareListText(list: list).text)
    }
  }
}
