public import Quantities

/// A time of a kernel family at one size: too little to learn from, enough to see what it reaches.
public struct ReachedRow: Hashable, Sendable {
  /// What was measured.
  public var measurement: Measurement
  /// The device's name.
  public var device: String
  /// Bytes of the ledger's rows.
  public var bytes: Bytes
  /// Bytes over time, as a fraction of what the device's bus moves.
  ///
  /// Above 1 the ledger would count bytes that do not move.
  public var bandwidthFraction: Double

  /// The built-in times of this sort: Megatron-LM's cuTile kernels on a GB200.
  ///
  /// - Source: NVIDIA/Megatron-LM pull request 3828.
  public static func builtIn() throws -> [ReachedRow] {
    let devices = try BuiltInEvidence.devices()
    let rows = try MeasurementFile.read(BuiltInEvidence.cuTile.bytes, file: "built-in \(BuiltInEvidence.cuTile.name)")
    return try rows.compactMap { row in
      guard let device = devices.device(named: row.system) else { return nil }
      let bytes = try KernelWork(row).bytes * Double(row.operation.calls)
      return ReachedRow(
        measurement: row, device: device.name, bytes: Bytes(Int(bytes)),
        bandwidthFraction: bytes / row.time.value / device.bandwidth.value)
    }
  }
}
