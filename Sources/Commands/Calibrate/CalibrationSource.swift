import CostModel
import Evidence
import Messages
import Profiles

/// The rows of one device, that device's profile, and what the rows make of it.
struct CalibrationSource {
  /// The device before.
  var base: Hardware
  /// What was learned.
  var calibration: Calibration
  /// The device with what was learned.
  var calibrated: Hardware

  init(_ request: CalibrateRequest) throws {
    let file = try InputFile.read(request.from)
    var rows = try MeasurementFile.read(file.bytes, file: file.name)
    if let system = request.system { rows = try Self.rows(rows, of: system, file: file.name) }
    let systems = Set(rows.map(\.system)).sorted()
    guard systems.count == 1, let system = systems.first else {
      let listed = systems.prefix(20).map { shortened($0, to: 60) }.joined(separator: ", ")
      throw CommandFailure(
        "\(file.name), system: expected one device, found \(listed); choose one by --system", status: .data)
    }
    base = try HardwareSource.load(request.hardware ?? Self.profileName(of: system, file: file.name))
    let known = try BuiltInEvidence.devices().device(named: base.name)
    calibration = try Calibration(rows, device: Device(base, like: known), file: file.name)
    calibrated = calibration.applied(to: base, file: file.name)
  }

  private static func rows(_ rows: [Measurement], of system: String, file: String) throws -> [Measurement] {
    let kept = rows.filter { $0.system == system }
    guard kept.isEmpty else { return kept }
    let known = Set(rows.map(\.system)).sorted()
    let near = nearestName(to: system, among: known).map { "; did you mean '\(shortened($0, to: 60))'?" } ?? ""
    throw CommandFailure(
      "--system: expected a system of \(file), found '\(shortened(system, to: 60))'\(near)", status: .usage)
  }

  /// The built-in profile of a table's system.
  private static func profileName(of system: String, file: String) throws -> String {
    let devices = try EvidenceSource.devices()
    if let device = devices.device(named: system) { return device.name }
    let names = BuiltInHardware.names
    let near = nearestName(to: system, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw CommandFailure(
      "\(file), system: expected a built-in device, found '\(shortened(system, to: 60))'\(near); "
        + "give the device's profile by --hardware", status: .data)
  }
}
