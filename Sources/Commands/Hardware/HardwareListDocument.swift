import CostModel
import Quantities

/// The built-in devices, the figures that tell them apart.
struct HardwareListDocument: ResultDocument {
  static let command = "hardware-list"
  static let version = 1

  var request = Request()
  var assumptions: [String]
  var excluded: [String]
  var hardware: [Entry]

  init(_ list: [Hardware]) {
    hardware = list.map(Entry.init)
    assumptions = list.flatMap { device in
      device.provenance.filter { $0.kind == .assumed && Entry.provenanceKeys.contains($0.key) }
        .map { "\(device.name): \($0.key): \($0.source)" }
    }
    excluded = ["all other numbers, kinds and sources: name a device for them"]
  }

  /// Nothing was asked for but the list.
  struct Request: Encodable {}

  struct Entry: Encodable {
    /// The numbers shown here, by their place in a profile.
    static let provenanceKeys = [
      "memory.capacityBytes", "memory.bandwidthBytesPerSecond", "matrix.peakFLOPsPerSecond.bf16",
    ]

    var name: String
    var title: String
    var memoryCapacityBytes: Int
    var memoryBandwidthBytesPerSecond: Double
    /// Dense, in bf16.
    var matrixPeakFLOPsPerSecond: Double?

    init(_ device: Hardware) {
      name = device.name
      title = device.title
      memoryCapacityBytes = device.memoryCapacity.value.count
      memoryBandwidthBytesPerSecond = device.memoryBandwidth.value.value
      matrixPeakFLOPsPerSecond = device.matrixPeak[.bfloat16]?.value.value
    }
  }
}
