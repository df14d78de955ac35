import Quantities
import Testing

@testable import Evidence

@Suite struct `Devices` {
  /// GB/s as drivers and data sheets print it: pytorch/ao pull request 4002, pytorch/pytorch pull request 172523, the
  /// A100's, H100's and L40S's data sheets, the last without the sixteenth of its bus that check bits take.
  @Test(arguments: [
    ("b200_sxm", 7672.3), ("gb200", 7928.064), ("a100_sxm", 2039.0), ("h100_sxm", 3352.3), ("l40s", 864.0 * 15 / 16),
  ]) func `move what their bus moves at the clock of the driver`(system: String, gigabytesPerSecond: Double) throws {
    let device = try #require(try BuiltInEvidence.devices().device(named: system))
    #expect(abs(device.bandwidth.value / 1e9 / gigabytesPerSecond - 1) < 3e-4)
  }

  @Test(arguments: [
    ("h100_sxm", "h100-sxm"), ("H200_SXM", "h200"), ("b300", "b300"), ("gb300_nvl72", "gb300"), ("a100", "a100-80gb"),
    ("b300_sxm", "b300"), ("gb200", "gb200"), ("L40S", "l40s"), ("h100_sxm5", nil), ("", nil), ("tpu", nil),
  ]) func `are found by the names that tables use`(system: String, name: String?) throws {
    #expect(try BuiltInEvidence.devices().device(named: system)?.name == name)
  }

  @Test func `have names of their own`() throws {
    let names = try BuiltInEvidence.devices().devices.flatMap { [$0.name] + $0.aliases }
    #expect(Set(names).count == names.count)
  }
}
