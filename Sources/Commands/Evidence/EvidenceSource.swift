import CostModel
import Evidence
import Profiles
import Quantities

/// Where the rows and the constants of a comparison come from.
struct EvidenceSource {
  /// The built-in tables, or the files given, each with its rows.
  var files: [(name: String, rows: [Measurement])]
  /// The laws.
  var model: EvidenceModel
  /// Whether constants were learned on a row.
  var isLearned: (Measurement) -> Bool

  init(_ request: EvidenceRequest) throws {
    var kernelSystem = "b200"
    if let argument = request.hardware {
      let hardware = try HardwareSource.load(argument)
      let known = try BuiltInEvidence.devices().device(named: hardware.name)
      model = try EvidenceModel(hardware, like: known, file: argument)
      isLearned = { row in hardware.kernels.contains { $0.learned(row) } }
      kernelSystem = hardware.name
    } else {
      let learned = try BuiltInEvidence.learned()
      model = try EvidenceModel(learningFrom: learned, devices: try Self.devices())
      isLearned = Split.contains(learned)
    }
    files = []
    for path in [request.kernels, request.modules].compactMap({ $0 }) {
      let file = try InputFile.read(path)
      files.append((file.name, try MeasurementFile.read(file.bytes, file: file.name, kernelSystem: kernelSystem)))
    }
    guard request.isBuiltIn else { return }
    files = [("built-in", try BuiltInEvidence.measurements(kernelSystem: kernelSystem))]
    // A profile is of one device, and may have the constants of some kernels: of the built-in tables it can be held against
    // the rows of these.
    guard let profile = request.hardware else { return }
    files[0].rows = try files[0].rows.filter { row in
      guard model.devices.device(named: row.system) != nil else { return false }
      return try model.prediction(row) != nil
    }
    guard !files[0].rows.isEmpty else {
      throw CommandFailure(
        "\(profile): kernels: expected constants of a kernel family that the built-in tables have times of, found none; "
          + "give times by --kernels or --modules", status: .data)
    }
  }

  /// The devices of the evidence, and the built-in profiles that it does not know, at their printed bandwidth.
  static func devices() throws -> DeviceTable {
    let known = try BuiltInEvidence.devices()
    var devices = known.devices
    for name in BuiltInHardware.names where known.device(named: name) == nil {
      var device = Device(try HardwareSource.load(name))
      device.cyclesPerSecond = nil
      devices.append(device)
    }
    return DeviceTable(devices)
  }
}
