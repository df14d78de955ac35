import CostModel
import Quantities

/// The built-in devices side by side.
struct HardwareListText {
  let list: [Hardware]

  var text: String {
    var table = TextTable(
      header: ["hardware", "GiB", "TB/s", "bf16 TFLOP/s", "fp8 TFLOP/s", "domain", "device"], leftAligned: [0, 6])
    for device in list {
      table.append([
        device.name, Units.figure(device.memoryCapacity.value.gibibytes),
        Units.figure(device.memoryBandwidth.value.value / 1e12), peak(device, .bfloat16), peak(device, .float8),
        device.interconnect.map { String($0.devices.value) } ?? "1", device.title,
      ])
    }
    return [
      table.text, "",
      "Peaks are dense. A domain is the devices joined by the fast interconnect. Name a device for its numbers, kinds "
        + "and sources.",
    ].joined(separator: "\n")
  }

  private func peak(_ device: Hardware, _ format: MatrixFormat) -> String {
    device.matrixPeak[format].map { Units.figure($0.value.value / 1e12) } ?? "-"
  }
}

/// Every number of one device with its kind, and the sources below.
struct HardwareText {
  let hardware: Hardware

  var text: String {
    var rows = Rows()
    rows.append("memory", hardware.memoryCapacity) { "\(Units.figure($0.gibibytes)) GiB = \($0.count) bytes" }
    rows.append("memory bandwidth B", hardware.memoryBandwidth, Self.rate)
    rows.append("  efficiency η", hardware.memoryEfficiency, Self.fraction)
    rows.append("  a store reads its line first", hardware.hasWriteAllocate) { $0 ? "yes" : "no" }
    for format in MatrixFormat.allCases {
      guard let peak = hardware.matrixPeak[format] else { continue }
      rows.append("matrix peak P, \(format.rawValue), dense", peak, Self.work)
    }
    rows.append("  efficiency η', the MFU of F", hardware.matrixEfficiency, Self.fraction)
    rows.append("  efficiency of attention", hardware.attentionEfficiency, Self.fraction)
    rows.append("vector peak, fp32", hardware.vectorPeak, Self.work)
    rows.append("kernel latency t0", hardware.kernelLatency, Self.microseconds)
    if let interconnect = hardware.interconnect {
      rows.append("\(interconnect.name), one direction", interconnect.bandwidth, Self.rate)
      if let link = interconnect.linkBandwidth { rows.append("  of it, to one other device", link, Self.rate) }
      rows.append("  devices joined by it", interconnect.devices) { String($0) }
      rows.append("  efficiency", interconnect.efficiency, Self.fraction)
      rows.append("  latency α", interconnect.latency, Self.microseconds)
      rows.append("network, one direction", interconnect.networkBandwidth, Self.rate)
      rows.append("  efficiency of the network", interconnect.networkEfficiency, Self.fraction)
      rows.append("  latency α of the network", interconnect.networkLatency, Self.microseconds)
    }
    return (["\(hardware.name): \(hardware.title)", "", rows.table.text, ""] + rows.sources).joined(separator: "\n")
  }

  /// The rows, and their sources, each said once.
  private struct Rows {
    var table = TextTable(header: ["number", "value", "kind", "source"], leftAligned: [0, 1, 2])
    var sources: [String] = []
    private var numbers: [String: Int] = [:]

    mutating func append<Value>(_ label: String, _ number: Sourced<Value>, _ shown: (Value) -> String) {
      let reference = numbers[number.source] ?? numbers.count + 1
      if numbers.updateValue(reference, forKey: number.source) == nil {
        sources.append("[\(reference)] \(number.source)")
      }
      table.append([label, shown(number.value), number.kind.rawValue, "[\(reference)]"])
    }
  }

  private static func fraction(_ estimate: Estimate<Double>) -> String {
    range(estimate.low, estimate.expected, estimate.high)
  }

  private static func microseconds(_ estimate: Estimate<Seconds>) -> String {
    range(estimate.low.value * 1e6, estimate.expected.value * 1e6, estimate.high.value * 1e6) + " µs"
  }

  static func rate(_ rate: BytesPerSecond) -> String {
    rate.value >= 1e12 ? "\(Units.figure(rate.value / 1e12)) TB/s" : "\(Units.figure(rate.value / 1e9)) GB/s"
  }

  private static func work(_ rate: FLOPsPerSecond) -> String {
    rate.value >= 1e12 ? "\(Units.figure(rate.value / 1e12)) TFLOP/s" : "\(Units.figure(rate.value / 1e9)) GFLOP/s"
  }
}

/// `0.86 to 0.9, expected 0.88`.
private func range(_ low: Double, _ expected: Double, _ high: Double) -> String {
  "\(Units.figure(low)) to \(Units.figure(high)), expected \(Units.figure(expected))"
}
