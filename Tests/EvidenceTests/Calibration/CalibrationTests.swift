import Quantities
import Testing

@testable import Evidence

@Suite struct `A calibration` {
  private let device = Device(name: "mine", bandwidth: BytesPerSecond(4e12), cyclesPerSecond: 1, source: "made up")

  @Test func `finds the constants of every kernel, whatever the table calls the device`() throws {
    let sizes = [(1024, 4096), (4096, 4096), (16384, 4096), (65536, 4096)]
    let rows = sizes.flatMap { size in
      [
        measurement(.postForward, size, postTime(size)),
        measurement(.aggregateForward, size, aggregateTime(size)),
      ]
    }
    let calibration = try Calibration(rows, device: device, file: "x.csv")
    #expect(calibration.warnings.isEmpty, "\(calibration.warnings)")
    #expect(calibration.kernels.map(\.family.operation) == [.aggregateForward, .postForward])
    expectNear(calibration.kernels[0].latency.value, 4e-6)
    expectNear(calibration.kernels[0].law.efficiency?.value, 0.9)
    expectNear(calibration.kernels[1].latency.value, 6e-6)
    expectNear(calibration.kernels[1].law.efficiency?.value, 0.8)
  }

  @Test func `warns where the range of bytes is too narrow to tell t0 from η`() throws {
    let sizes = [(4096, 4096), (5000, 4096), (6000, 4096), (7000, 4096)]
    let rows = sizes.map { measurement(.postForward, $0, postTime($0)) }
    let warnings = try Calibration(rows, device: device, file: "x.csv").warnings
    #expect(warnings.contains { $0.contains("cannot tell t0 from η") })
  }

  @Test func `says that two rows leave no error bars`() throws {
    let rows = [(1024, 4096), (65536, 4096)].map {
      measurement(.postForward, $0, postTime($0))
    }
    let calibration = try Calibration(rows, device: device, file: "x.csv")
    #expect(calibration.kernels[0].law.efficiency?.error == nil)
    #expect(calibration.warnings.contains { $0.contains("no error bars") })
  }

  @Test func `leaves a kernel out that was timed at one size, and fails where nothing is left`() throws {
    let one = [measurement(.postForward, (4096, 4096), 1e-3)]
    #expect(throws: EvidenceError.self) { try Calibration(one, device: device, file: "x.csv") }
    let sizes = [(1024, 4096), (4096, 4096), (65536, 4096)]
    let more = sizes.map {
      measurement(.aggregateForward, $0, aggregateTime($0))
    }
    let calibration = try Calibration(one + more, device: device, file: "x.csv")
    #expect(calibration.kernels.map(\.family.operation) == [.aggregateForward])
    #expect(calibration.warnings.contains { $0.contains("post forward") && $0.contains("left out") })
  }

  @Test func `refuses times that the bandwidth does not allow`() {
    let rows = [(1024, 4096), (16384, 4096), (65536, 4096)].enumerated().map { place, size in
      var row = measurement(.postForward, size, (postTime(size) - 6e-6) * 0.8 / 1.2)
      row.line = place + 2
      return row
    }
    let error = #expect(throws: EvidenceError.self) { try Calibration(rows, device: device, file: "x.csv") }
    #expect(error?.description.hasPrefix("x.csv, line 2: ") == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("1.2 times") == true, "\(error?.description ?? "")")
  }

  /// 6 µs, and (2n+1)C in bf16 with n² + n coefficients in fp32 at 0.8 of 4 TB/s, n = 4.
  private func postTime(_ size: (Int, Int)) -> Double {
    let bytes = size.0 * (9 * size.1 * 2 + 80)
    return 6e-6 + Double(bytes) / 3.2e12
  }

  /// 4 µs, and (n+1)C in bf16 with n coefficients in fp32 at 0.9 of 4 TB/s.
  private func aggregateTime(_ size: (Int, Int)) -> Double {
    let bytes = size.0 * (5 * size.1 * 2 + 16)
    return 4e-6 + Double(bytes) / 3.6e12
  }

  private func measurement(_ operation: TimedOperation, _ size: (Int, Int), _ seconds: Double) -> Measurement {
    Measurement(
      source: "made", version: "", system: "whatever", operation: operation, streams: 4, channels: size.1,
      tokens: size.0, time: Seconds(seconds))
  }

  private func expectNear(_ found: Double?, _ expected: Double) {
    #expect(abs((found ?? 0) / expected - 1) < 1e-6, "\(found ?? 0)")
  }
}
