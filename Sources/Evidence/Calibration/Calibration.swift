import CostModel
import Messages
import Quantities

/// Constants of one device's kernels, learned from the times of whoever wrote them.
public struct Calibration: Sendable {
  /// The families that the rows determine.
  public let kernels: [CalibratedKernel]
  /// What the rows do not tell, in whole sentences.
  public let warnings: [String]

  /// Learns a law for every family of the rows.
  ///
  /// - Parameters:
  ///   - rows: times on one device.
  ///   - device: the device; its name is not compared with that of the rows.
  ///   - file: where the rows are from, for messages.
  /// - Throws: `EvidenceError` where no family is determined, or a time is shorter than the device's bandwidth allows;
  ///   `OverflowError` for sizes beyond 64 bits.
  public init(_ rows: [Measurement], device: Device, file: String) throws {
    let named = rows.map { row in
      var row = row
      row.system = device.name
      return row
    }
    let model = try EvidenceModel(learningFrom: named, devices: DeviceTable([device]))
    let families = Dictionary(grouping: named, by: KernelFamily.init(of:))
    var kernels: [CalibratedKernel] = []
    var warnings: [String] = []
    for (family, rows) in families.sorted(by: { $0.key < $1.key }) {
      let rate = try LearnedRange(rows, device: device)
      guard let law = model.laws[family] else {
        warnings.append(
          "\(family): \(rows.count) of its rows do not determine t0 and η; it is left out. Time it at sizes that "
            + "differ by at least \(Int(LearnedRange.leastRatio)) times in bytes.")
        continue
      }
      if let efficiency = law.efficiency, efficiency.value > 1 {
        let fastest = rows.min { $0.time.value < $1.time.value }
        throw EvidenceError(
          file: file, line: fastest?.line,
          problem: "expected times that \(device.name)'s bandwidth of \(rounded(device.bandwidth.value / 1e12)) TB/s "
            + "allows, found \(rounded(efficiency.value)) times that bandwidth for \(family)")
      }
      kernels.append(CalibratedKernel(family: family, law: law, rows: rows))
      warnings += rate.warnings(law).map { "\(family): \($0)" }
    }
    guard !kernels.isEmpty else {
      throw EvidenceError(
        file: file, problem: "expected a kernel at two sizes or more, found none whose rows determine t0 and η")
    }
    self.kernels = kernels
    self.warnings = warnings
  }
}

/// One kernel's law and the rows it was learned on.
public struct CalibratedKernel: Sendable {
  /// Which kernel.
  public let family: KernelFamily
  /// Its constants.
  public let law: KernelLaw
  /// The rows.
  public let rows: [Measurement]

  /// t0: the one generation's that there is.
  public var latency: KernelLaw.Constant { law.latencies.values.first ?? KernelLaw.Constant(0) }
}

extension KernelFamily: CustomStringConvertible {
  /// `triton post forward`, and the version where it matters.
  public var description: String {
    "\(shortened(source, to: 100))\(version.isEmpty ? "" : " " + shortened(version, to: 100)) \(operation.rawValue)"
  }
}

/// What the sizes of a family's rows can tell.
struct LearnedRange {
  /// t0 and η are told apart where the largest row has at least so many times the bytes of the smallest.
  static let leastRatio = 4.0

  private let rows: Int
  private let ratio: Double

  init(_ rows: [Measurement], device: Device) throws(OverflowError) {
    var works: [Double] = []
    for row in rows { works.append(try KernelWork(row).bytes) }
    self.rows = rows.count
    ratio = (works.max() ?? 0) / max(works.min() ?? 1, 1)
  }

  /// What a reader of the constants has to know.
  func warnings(_ law: KernelLaw) -> [String] {
    var list: [String] = []
    if ratio < Self.leastRatio {
      list.append(
        "the rows cannot tell t0 from η: their bytes differ by \(rounded(ratio)) times, and \(Int(Self.leastRatio)) "
          + "are needed; each of the two may stand for part of the other")
    }
    if law.efficiency?.error == nil, law.limit?.error == nil {
      list.append("\(rows) rows for as many constants: there are no error bars, and no row to see a misfit by")
    }
    if let efficiency = law.efficiency, let error = efficiency.error, error > 0.1 * efficiency.value {
      list.append("η is known to \(rounded(100 * error / efficiency.value)) % only: the rows scatter about the law")
    }
    if let latency = law.latencies.values.first, let error = latency.error, error > 0.5 * latency.value {
      list.append("t0 is not seen: its error is \(rounded(error * 1e6)) µs; rows of fewer bytes would show it")
    }
    return list
  }
}

/// Three significant digits, without a locale.
private func rounded(_ value: Double) -> String {
  guard value.isFinite, value > 1e-9, value < 1e12 else { return "\(value)" }
  var scale = 1.0
  while value * scale < 100 { scale *= 10 }
  while value * scale >= 1000 { scale /= 10 }
  let text = "\((value * scale).rounded() / scale)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
