import CostModel
import Quantities
import Testing

@testable import Profiles

/// TFLOP/s as a maker prints it for so many devices, with sparsity: twice the dense peak, to the last digit printed.
struct Printed {
  var name: String
  var format: MatrixFormat
  var teraflops: Double
  var devices: Double
  /// The weight of the last digit of a device's share.
  var lastDigit: Double

  init(_ name: String, _ format: MatrixFormat, _ teraflops: Double, for devices: Double = 1, lastDigit: Double = 1) {
    self.name = name
    self.format = format
    self.teraflops = teraflops
    self.devices = devices
    self.lastDigit = lastDigit
  }
}

private let printed: [Printed] = [
  Printed("a100-80gb", .bfloat16, 624), Printed("a100-80gb", .tensorFloat32, 312),
  Printed("h100-sxm", .bfloat16, 1979), Printed("h100-sxm", .float8, 3958), Printed("h100-sxm", .tensorFloat32, 989),
  Printed("h800", .bfloat16, 1979), Printed("h800", .float8, 3958), Printed("h800", .tensorFloat32, 989),
  Printed("h200", .bfloat16, 1979), Printed("h200", .float8, 3958), Printed("h200", .tensorFloat32, 989),
  Printed("b200", .bfloat16, 36000, for: 8), Printed("b200", .float8, 72000, for: 8),
  Printed("b200", .float4, 144_000, for: 8), Printed("b200", .tensorFloat32, 18000, for: 8),
  Printed("gb200", .bfloat16, 360_000, for: 72), Printed("gb200", .float8, 720_000, for: 72),
  Printed("gb200", .float4, 1_440_000, for: 72), Printed("gb200", .tensorFloat32, 180_000, for: 72),
  Printed("b300", .bfloat16, 36000, for: 8), Printed("b300", .float8, 72000, for: 8),
  Printed("b300", .tensorFloat32, 18000, for: 8),
  Printed("gb300", .bfloat16, 360_000, for: 72), Printed("gb300", .float8, 720_000, for: 72),
  Printed("gb300", .tensorFloat32, 180_000, for: 72),
  Printed("mi300x", .bfloat16, 2614.9, lastDigit: 0.2), Printed("mi300x", .float8, 5229.8, lastDigit: 0.2),
  Printed("mi300x", .tensorFloat32, 1307.4, lastDigit: 0.2),
  Printed("mi355x", .bfloat16, 5030, lastDigit: 10), Printed("mi355x", .float8, 10100, lastDigit: 100),
  Printed("l40s", .float8, 1466),
  Printed("l40s", .tensorFloat32, 366),
]

/// What the makers print, typed from their sheets: not from the profiles.
@Suite struct `Built-in devices against datasheets` {
  /// Mebibytes that nvidia-smi and npu-smi show; AMD prints gibibytes, and its driver keeps 16 MiB of the MI300X.
  @Test(arguments: [
    ("a100-80gb", 81920), ("h100-sxm", 81559), ("h800", 81559), ("h200", 143_771), ("b200", 183_359),
    ("gb200", 189_471), ("b300", 275_040), ("gb300", 284_208), ("l40s", 46068), ("mi300x", 192 * 1024 - 16),
    ("mi355x", 288 * 1024), ("ascend-910b", 65536),
  ]) func `Memory is what the driver shows, to the byte`(name: String, mebibytes: Int) throws {
    #expect(try HardwareSource.load(name).memoryCapacity.value == Bytes(mebibytes << 20))
  }

  /// GB/s of one device as printed; decimal.
  @Test(arguments: [
    ("a100-80gb", 2039), ("h100-sxm", 3350), ("h800", 3350), ("h200", 4800), ("b200", 64000 / 8),
    ("gb200", 576_000 / 72), ("b300", 64000 / 8), ("gb300", 576_000 / 72), ("mi300x", 5300), ("mi355x", 8000),
    ("l40s", 864), ("ascend-910b", 1600),
  ]) func `Memory bandwidth is the printed one`(name: String, gigabytesPerSecond: Int) throws {
    #expect(try HardwareSource.load(name).memoryBandwidth.value.value == Double(gigabytesPerSecond) * 1e9)
  }

  @Test(arguments: printed) func `Peaks are dense: half of what is printed with sparsity`(printed: Printed) throws {
    let peak = try #require(try HardwareSource.load(printed.name).matrixPeak[printed.format]).value.value
    let printedTeraflops = printed.teraflops / printed.devices
    #expect(abs(2 * peak / 1e12 - printedTeraflops) <= printed.lastDigit / 2)
  }

  /// Matrix cores (tensor cores, cube units), multiply-adds of each a cycle in bf16, MHz: makers' architecture papers.
  @Test(arguments: [
    ("a100-80gb", 4 * 108, 256, 1410), ("h100-sxm", 4 * 132, 512, 1830), ("h800", 4 * 132, 512, 1830),
    ("h200", 4 * 132, 512, 1830), ("l40s", 4 * 142, 128, 2490), ("mi300x", 4 * 304, 256, 2100),
    ("mi355x", 4 * 256, 512, 2400), ("ascend-910b", 24, 16 * 16 * 16, 1800),
  ]) func `The bf16 peak is cores times multiply-adds times clock`(
    name: String, cores: Int, multiplyAdds: Int, megahertz: Int
  ) throws {
    let peak = try #require(try HardwareSource.load(name).matrixPeak[.bfloat16]).value.value
    let product = Double(2 * cores * multiplyAdds * megahertz) * 1e6
    // The clock is printed to 5 or 10 MHz of some 2000.
    #expect(abs(peak / product - 1) < 0.003)
  }

  @Test func `Four-bit peaks are dense too, and are there where the device has them`() throws {
    let peaks = try BuiltInHardware.names.reduce(into: [String: Double]()) { peaks, name in
      peaks[name] = try HardwareSource.load(name).matrixPeak[.float4].map { $0.value.value / 1e15 }
    }
    // B300: 105 dense PFLOP/s for eight; GB300: 1080 for 72; MI355X: 10.1 with its four-bit products twice the eight-bit.
    #expect(peaks.keys.sorted() == ["b200", "b300", "gb200", "gb300", "mi355x"])
    #expect(peaks["b300"] == 105.0 / 8)
    #expect(peaks["gb300"] == 1080.0 / 72)
    #expect(abs((peaks["mi355x"] ?? 0) - 10.1) <= 0.05)
  }

  /// GB/s in both directions together as printed, and devices in the domain.
  @Test(arguments: [
    ("a100-80gb", 600, 8), ("h100-sxm", 900, 8), ("h800", 400, 8), ("h200", 900, 8), ("b200", 1800, 8),
    ("gb200", 1800, 72), ("b300", 1800, 8), ("gb300", 1800, 72), ("mi300x", 7 * 128, 8), ("l40s", 64, 8),
    ("ascend-910b", 392, 8),
  ]) func `The interconnect is half of the printed two-way bandwidth`(name: String, printed: Int, devices: Int) throws {
    let interconnect = try #require(try HardwareSource.load(name).interconnect)
    #expect(interconnect.bandwidth.value.value == Double(printed) / 2 * 1e9)
    #expect(interconnect.devices.value == devices)
  }

  /// GB/s of a link in both directions together as printed; of the 910B seven links are.
  @Test(arguments: [("mi300x", 128.0), ("mi355x", 153.6), ("ascend-910b", 392.0 / 7)])
  func `A link of the fully connected is half of the printed two-way bandwidth, and there are seven`(
    name: String, printed: Double
  ) throws {
    let interconnect = try #require(try HardwareSource.load(name).interconnect)
    #expect(try #require(interconnect.linkBandwidth).value.value == printed / 2 * 1e9)
    #expect(interconnect.fanOut == 7)
  }

  @Test func `All others are behind a switch`() throws {
    for name in BuiltInHardware.names where !["mi300x", "mi355x", "ascend-910b"].contains(name) {
      let interconnect = try HardwareSource.load(name).interconnect
      #expect(interconnect?.linkBandwidth == nil && interconnect?.fanOut ?? 1 == 1, "\(name)")
    }
  }

  @Test func `An H800 is an H100 with less NVLink`() throws {
    let h100 = try HardwareSource.load("h100-sxm")
    let h800 = try HardwareSource.load("h800")
    #expect(h800.memoryCapacity.value == h100.memoryCapacity.value)
    #expect(h800.memoryBandwidth.value == h100.memoryBandwidth.value)
    #expect(h800.matrixPeak.mapValues(\.value) == h100.matrixPeak.mapValues(\.value))
    #expect(h800.interconnect?.bandwidth.value != h100.interconnect?.bandwidth.value)
  }

  @Test func `Only the CPU reads a line before it writes it, and only it is on its own`() throws {
    for name in BuiltInHardware.names {
      let device = try HardwareSource.load(name)
      #expect(device.hasWriteAllocate.value == name.hasPrefix("cpu-"))
      #expect((device.interconnect == nil) == name.hasPrefix("cpu-"))
    }
  }
}
