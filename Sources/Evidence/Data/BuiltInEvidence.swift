/// The published tables that are part of the program: the files of `evidence/data`.
public enum BuiltInEvidence {
  /// Files of measured times, and whether constants may be learned on some of their rows.
  static let files: [(name: String, bytes: [UInt8], isLearnable: Bool)] = [
    ("b200-kernels.csv", PackageResources.b200_kernels_csv, true),
    ("b200-kernels-held-out.csv", PackageResources.b200_kernels_held_out_csv, false),
    ("module-latency.csv", PackageResources.module_latency_csv, true),
  ]

  /// Times of a family of its own, from which no constant is learned and of which nothing is claimed.
  static let cuTile = (name: "cutile-gb200.csv", bytes: PackageResources.cutile_gb200_csv)

  /// The devices that tables may name.
  public static func devices() throws(EvidenceError) -> DeviceTable {
    try DeviceTable.read(PackageResources.devices_csv, file: "built-in devices.csv")
  }

  /// The rows of every built-in table of times.
  public static func measurements(kernelSystem: String = "b200") throws(EvidenceError) -> [Measurement] {
    try rows(kernelSystem: kernelSystem) { _ in true }
  }

  private static func rows(
    kernelSystem: String, where isTaken: (Bool) -> Bool
  ) throws(EvidenceError) -> [Measurement] {
    var rows: [Measurement] = []
    for file in files where isTaken(file.isLearnable) {
      rows += try MeasurementFile.read(file.bytes, file: "built-in \(file.name)", kernelSystem: kernelSystem)
    }
    return rows
  }

  /// The rows that the built-in constants are learned on.
  public static func learned() throws(EvidenceError) -> [Measurement] {
    Split.learned(of: try rows(kernelSystem: "b200") { isLearnable in isLearnable })
  }
}
