import CostModel
import Evidence
import Quantities

/// The result of `calibrate`.
struct CalibrateDocument: ResultDocument {
  static let command = "calibrate"
  static let version = 1

  var request: CalibrateRequest
  var assumptions: [String]
  var excluded: [String]
  /// The device that was timed.
  var hardware: String
  var bandwidthBytesPerSecond: Double
  var constants: [ConstantResult]
  var warnings: [String]
  /// η and t0 of the whole device, as a plan takes them.
  var efficiency: HardwareDocument.Range
  var kernelLatencySeconds: HardwareDocument.Range

  init(_ request: CalibrateRequest, _ source: CalibrationSource) {
    self.request = request
    hardware = source.base.name
    bandwidthBytesPerSecond = source.base.memoryBandwidth.value.value
    constants = source.calibration.kernels.map { ConstantResult($0.family, $0.law) }
    warnings = source.calibration.warnings
    efficiency = HardwareDocument.Range(source.calibrated.memoryEfficiency.value)
    let latency = source.calibrated.kernelLatency.value
    kernelLatencySeconds = HardwareDocument.Range(
      low: latency.low.value, expected: latency.expected.value, high: latency.high.value)
    assumptions = [
      "t = t0 + bytes / (η B) a kernel, B the profile's bandwidth; bytes are the sums of the ledger's rows, mHC in bf16 "
        + "with coefficients in fp32",
      "least squares of relative residuals with Huber's weights; a range in the profile is two standard errors to each "
        + "side",
      "a device's η and t0 are the range over its kernels that bandwidth binds, the median expected",
    ]
    excluded = ["what is not timed: matrix products, attention, the interconnect keep the profile's numbers"]
  }
}

/// The result as a table.
struct CalibrateText {
  let document: CalibrateDocument

  var text: String {
    var table = TextTable(header: ["kernel", "law", "t0 µs", "η", "limit", "rows", "residual"], leftAligned: [0, 1])
    for row in document.constants { table.append(ConstantRow(row).cells()) }
    let efficiency = document.efficiency
    let latency = document.kernelLatencySeconds
    return """
      \(table.text)
      ± is one standard error of the fit.

      \(document.hardware) at \(Units.figure(document.bandwidthBytesPerSecond / 1e12)) TB/s: \
      η \(Units.figure(efficiency.low)) to \(Units.figure(efficiency.high)), expected \(Units.figure(efficiency.expected)); \
      t0 \(Units.figure(latency.low * 1e6)) to \(Units.figure(latency.high * 1e6)) µs, \
      expected \(Units.figure(latency.expected * 1e6)) µs
      wrote \(document.request.out); use it as --hardware of plan and evidence
      """
  }
}
