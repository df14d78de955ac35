import CostModel
import Quantities
import Testing

@testable import Profiles

/// The smallest profile there is.
private let smallest = """
  {
    "schema": "mhc-plan/hardware/1", "name": "mine", "title": "My device",
    "memory": {
      "capacityBytes": {"value": 1024, "kind": "measured", "source": "s1"},
      "bandwidthBytesPerSecond": {"value": 2e9, "kind": "datasheet", "source": "s2"},
      "efficiency": {"low": 0.5, "expected": 0.625, "high": 0.75, "kind": "assumed", "source": "s3"},
      "writeAllocate": {"value": true, "kind": "assumed", "source": "s4"}
    },
    "matrix": {
      "peakFLOPsPerSecond": {"bf16": {"value": 3e12, "kind": "datasheet", "source": "s5"}},
      "efficiency": {"low": 0.25, "expected": 0.375, "high": 1, "kind": "measured", "source": "s6"},
      "attentionEfficiency": {"low": 0.125, "expected": 0.25, "high": 0.5, "kind": "assumed", "source": "s7"}
    },
    "vector": {"peakFLOPsPerSecond": {"value": 4e11, "kind": "datasheet", "source": "s8"}},
    "kernelLatencySeconds": {"low": 0, "expected": 1e-6, "high": 2e-6, "kind": "measured", "source": "s9"}
  }
  """

@Suite struct `A hardware profile` {
  private func load(_ text: String) throws(ProfileError) -> Hardware {
    try HardwareSource.read(Array(text.utf8), from: .file("mine.json"))
  }

  /// The line that reading the smallest profile ends with when one part of it is replaced.
  private func line(_ part: String, _ replacement: String) -> String {
    guard smallest.contains(part) else { return "nothing to replace: \(part)" }
    do throws(ProfileError) {
      _ = try load(smallest.replacing(part, with: replacement, maxReplacements: 1))
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func `Every number arrives where it belongs, with its kind and source`() throws {
    let ratio = { (low: Double, expected: Double, high: Double) in Estimate(low: low, expected: expected, high: high) }
    #expect(
      try load(smallest)
        == Hardware(
          name: "mine", title: "My device", memoryCapacity: Sourced(Bytes(1024), kind: .measured, source: "s1"),
          memoryBandwidth: Sourced(BytesPerSecond(2e9), kind: .datasheet, source: "s2"),
          memoryEfficiency: Sourced(ratio(0.5, 0.625, 0.75), kind: .assumed, source: "s3"),
          hasWriteAllocate: Sourced(true, kind: .assumed, source: "s4"),
          matrixPeak: [.bfloat16: Sourced(FLOPsPerSecond(3e12), kind: .datasheet, source: "s5")],
          matrixEfficiency: Sourced(ratio(0.25, 0.375, 1), kind: .measured, source: "s6"),
          attentionEfficiency: Sourced(ratio(0.125, 0.25, 0.5), kind: .assumed, source: "s7"),
          vectorPeak: Sourced(FLOPsPerSecond(4e11), kind: .datasheet, source: "s8"),
          kernelLatency: Sourced(
            Estimate(low: Seconds(0), expected: Seconds(1e-6), high: Seconds(2e-6)), kind: .measured, source: "s9")))
  }

  @Test func `Formats and an interconnect may be added, and the keys of a printed document are no mistake`() throws {
    let link = """
      "interconnect": {"name": "wire", "bandwidthBytesPerSecond": {"value": 5e9, "kind": "datasheet", "source": "a"},
        "devices": {"value": 4, "kind": "datasheet", "source": "b"},
        "networkBytesPerSecond": {"value": 6e9, "kind": "assumed", "source": "c"}},
      "request": {}, "assumptions": [], "excluded": [], "vector"
      """
    let device = try load(
      smallest.replacing("\"vector\"", with: link)
        .replacing("{\"bf16\"", with: "{\"fp8\": {\"value\": 6e12, \"kind\": \"assumed\", \"source\": \"d\"}, \"bf16\"")
    )
    #expect(device.matrixPeak[.float8] == Sourced(FLOPsPerSecond(6e12), kind: .assumed, source: "d"))
    #expect(device.interconnect?.devices == Sourced(4, kind: .datasheet, source: "b"))
    #expect(device.interconnect?.bandwidth == Sourced(BytesPerSecond(5e9), kind: .datasheet, source: "a"))
    #expect(device.interconnect?.networkBandwidth == Sourced(BytesPerSecond(6e9), kind: .assumed, source: "c"))
  }

  @Test(arguments: [
    ("hardware/1", "hardware/2", "schema: expected \"mhc-plan/hardware/1\", found \"mhc-plan/hardware/2\""),
    ("\"schema\": \"mhc-plan/hardware/1\",", "", "schema: expected \"mhc-plan/hardware/1\", found no such key"),
    ("\"vector\"", "\"vectr\"", "vector: expected an object, found no such key; is \"vectr\" meant to be it?"),
    ("\"name\": \"mine\"", "\"name\": \"mine\", \"vendor\": \"x\"", "vendor: expected only known keys, found this one"),
    ("\"kind\": \"measured\", \"source\": \"s1\"", "\"source\": \"s1\"", "memory.capacityBytes.kind: expected one of"),
    ("\"measured\", \"source\": \"s1\"", "\"mesured\", \"source\": \"s1\"", "did you mean \"measured\"?"),
    (", \"source\": \"s2\"", "", "memory.bandwidthBytesPerSecond.source: expected a text of 1 to 1000 bytes"),
    ("\"s2\"", "\"\"", "memory.bandwidthBytesPerSecond.source: expected a text of 1 to 1000 bytes, found \"\""),
    (
      "\"source\": \"s2\"", "\"source\": \"s2\", \"unit\": 1",
      "memory.bandwidthBytesPerSecond.unit: expected only known"
    ),
    ("{\"value\": 1024,", "{", "memory.capacityBytes.value: expected a whole number from 1 to 1125899906842624"),
    ("1024", "1024.5", "memory.capacityBytes.value: expected a whole number from 1 to 1125899906842624, found 1024.5"),
    ("1024", "0", "memory.capacityBytes.value: expected a whole number from 1 to 1125899906842624, found 0"),
    ("1024", "9e18", "memory.capacityBytes.value: expected a whole number from 1 to 1125899906842624, found 9"),
    ("1024", "\"80 GB\"", "memory.capacityBytes.value: expected a whole number"),
    ("2e9", "0", "memory.bandwidthBytesPerSecond.value: expected a number from 1.0 to 1e+18, found 0"),
    ("2e9", "-2e9", "memory.bandwidthBytesPerSecond.value: expected a number from 1.0 to 1e+18, found -2"),
    ("2e9", "1e300", "memory.bandwidthBytesPerSecond.value: expected a number from 1.0 to 1e+18, found 1e+300"),
    ("2e9", "1e999", "line 5, column 42: expected a number that double precision holds, found 1e999"),
    (
      "{\"value\": 2e9, \"kind\": \"datasheet\", \"source\": \"s2\"}", "2e9",
      "bandwidthBytesPerSecond: expected an object"
    ),
    ("\"value\": true", "\"value\": 1", "memory.writeAllocate.value: expected true or false, found 1"),
    ("\"low\": 0.5", "\"low\": 0.7", "memory.efficiency.low: expected at most expected (0.625), found 0.7"),
    ("\"high\": 0.75", "\"high\": 0.6", "memory.efficiency.high: expected at least expected (0.625), found 0.6"),
    ("\"high\": 0.75", "\"high\": 75", "memory.efficiency.high: expected a number from 0.001 to 1.0, found 75"),
    ("\"low\": 0.5", "\"low\": 0", "memory.efficiency.low: expected a number from 0.001 to 1.0, found 0"),
    ("\"high\": 1,", "\"high\": 1.01,", "matrix.efficiency.high: expected a number from 0.001 to 1.0, found 1.01"),
    ("\"bf16\"", "\"fp8\"", "matrix.peakFLOPsPerSecond.bf16: expected an object, found no such key"),
    ("{\"bf16\"", "{\"fp6\": {}, \"bf16\"", "matrix.peakFLOPsPerSecond.fp6: expected only known keys, found this one"),
    ("3e12", "0.5", "matrix.peakFLOPsPerSecond.bf16.value: expected a number from 1.0 to 1e+24, found 0.5"),
    ("4e11", "null", "vector.peakFLOPsPerSecond.value: expected a number from 1.0 to 1e+24, found no such key"),
    ("\"high\": 2e-6", "\"high\": 2", "kernelLatencySeconds.high: expected a number from 0.0 to 1.0, found 2"),
    ("\"low\": 0,", "\"low\": -1e-9,", "kernelLatencySeconds.low: expected a number from 0.0 to 1.0, found -1e-09"),
    ("\"vector\"", "\"interconnect\": [], \"vector\"", "interconnect: expected an object, found an empty array"),
  ]) func `A mistake is one line with the file, the key, what was expected and what was found`(
    part: String, replacement: String, told: String
  ) {
    let line = line(part, replacement)
    #expect(line.hasPrefix("mine.json: "))
    #expect(line.contains(told), "\(line)")
    #expect(!line.contains("\n"))
  }

  @Test func `A text in it cannot steer the terminal`() throws {
    let device = try load(smallest.replacing("My device", with: "\\u001b[2J").replacing("s3", with: "a\\nb"))
    #expect(device.title == "\\u{1b}[2J")
    #expect(device.memoryEfficiency.source == "a\\u{a}b")
  }
}
