import CostModel
import Planner
import Quantities

/// The device's numbers that the plan rests on, each with its kind and source.
struct HardwareResult: Encodable {
  var name: String
  var title: String
  var memoryCapacityBytes: Int
  var memoryBandwidthBytesPerSecond: Double
  var memoryEfficiency: RangeResult
  var matrixEfficiency: RangeResult
  var attentionEfficiency: RangeResult
  var matrixPeakFLOPsPerSecond: [String: Double]
  var vectorPeakFLOPsPerSecond: Double
  var kernelLatencySeconds: RangeResult
  var sources: [Source]

  /// Where one number comes from.
  struct Source: Encodable {
    var key: String
    var kind: String
    var source: String
  }

  init(_ hardware: Hardware) {
    name = hardware.name
    title = hardware.title
    memoryCapacityBytes = hardware.memoryCapacity.value.count
    memoryBandwidthBytesPerSecond = hardware.memoryBandwidth.value.value
    memoryEfficiency = RangeResult(hardware.memoryEfficiency.value)
    matrixEfficiency = RangeResult(hardware.matrixEfficiency.value)
    attentionEfficiency = RangeResult(hardware.attentionEfficiency.value)
    matrixPeakFLOPsPerSecond = Dictionary(
      uniqueKeysWithValues: hardware.matrixPeak.map { ($0.key.rawValue, $0.value.value.value) })
    vectorPeakFLOPsPerSecond = hardware.vectorPeak.value.value
    kernelLatencySeconds = RangeResult(hardware.kernelLatency.value)
    sources = hardware.provenance.map { Source(key: $0.key, kind: $0.kind.rawValue, source: $0.source) }
  }
}
