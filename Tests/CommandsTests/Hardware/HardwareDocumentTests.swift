import CostModel
import FoundationEssentials
import Profiles
import Testing

@testable import Commands

@Suite struct `What the command hardware prints` {
  @Test(arguments: BuiltInHardware.names) func `A printed device is a profile and reads as the same device`(
    name: String
  ) throws {
    let device = try HardwareSource.load(name)
    let text = try HardwareDocument(device, request: .init(hardware: name)).jsonText()
    #expect(text.hasPrefix("{\n  \"schema\" : \"mhc-plan/hardware/1\",\n"))
    #expect(try HardwareSource.read(Array(text.utf8), from: .standardInput) == device)
  }

  @Test func `What is assumed is listed, nothing else`() throws {
    let device = try HardwareSource.load("h100-sxm")
    let assumptions = HardwareDocument(device, request: .init(hardware: "h100-sxm")).assumptions
    #expect(
      assumptions.map { $0.prefix { $0 != ":" } } == [
        "memory.writeAllocate", "matrix.attentionEfficiency", "interconnect.networkBytesPerSecond",
        "interconnect.efficiency", "interconnect.latencySeconds", "interconnect.networkEfficiency",
        "interconnect.networkLatencySeconds",
      ])
  }

  @Test(arguments: BuiltInHardware.names) func `The text has every number, each source once`(name: String) throws {
    let device = try HardwareSource.load(name)
    let lines = HardwareText(hardware: device).text.split(separator: "\n")
    for source in Set(device.provenance.map(\.source)) {
      #expect(lines.count { $0.hasPrefix("[") && $0.hasSuffix("] \(source)") } == 1)
    }
    // Title, header and rule, the numbers, the sources.
    #expect(lines.count == 3 + device.provenance.count + Set(device.provenance.map(\.source)).count)
  }

  @Test func `A link to one other device is printed where a device has one, with its kind`() throws {
    func line(_ name: String) throws -> [Substring]? {
      HardwareText(hardware: try HardwareSource.load(name)).text.split(separator: "\n")
        .first { $0.contains("to one other device") }?.split(separator: " ").suffix(4)
    }
    #expect(try line("mi300x")?.prefix(3) == ["64", "GB/s", "datasheet"])
    #expect(try line("ascend-910b")?.prefix(3) == ["28", "GB/s", "assumed"])
    #expect(try line("h200") == nil)
    let text = try HardwareDocument(HardwareSource.load("h200"), request: .init(hardware: "h200")).jsonText()
    #expect(!text.contains("linkBytesPerSecond"))
  }

  @Test func `Figures are rounded to four digits and printed in full`() {
    #expect(
      [0, 989.4e12 / 1e12, 1978.9, 0.864, 2.039, 80, 450, 36e9 / 1e12, 10066.3, 0.15, 79.6474609375].map(Units.figure)
        == ["0", "989.4", "1979", "0.864", "2.039", "80", "450", "0.036", "10066", "0.15", "79.65"])
  }

  @Test func `The list has every device with figures of one unit`() throws {
    let devices = try BuiltInHardware.names.map { name in try HardwareSource.load(name) }
    let document = HardwareListDocument(devices)
    #expect(document.hardware.map(\.name) == BuiltInHardware.names)
    let h100 = try #require(document.hardware.first { $0.name == "h100-sxm" })
    #expect(h100.memoryCapacityBytes == 85_520_809_984)
    #expect(h100.memoryBandwidthBytesPerSecond == 3.35e12)
    #expect(h100.matrixPeakFLOPsPerSecond == 989.4e12)
    let lines = HardwareListText(list: devices).text.split(separator: "\n")
    #expect(
      lines.first { $0.hasPrefix("h100-sxm ") }?.split(separator: " ").prefix(6)
        == ["h100-sxm", "79.65", "3.35", "989.4", "1979", "8"])
  }
}
