import CostModel
import Quantities
import Testing

@testable import Profiles

/// A profile with the smallest section `measurement` that has one probe of every kind.
private let measured = """
  {
    "schema": "mhc-plan/hardware/1", "name": "mine", "title": "My machine",
    "memory": {
      "capacityBytes": {"value": 1024, "kind": "measured", "source": "s"},
      "bandwidthBytesPerSecond": {"value": 2e9, "kind": "measured", "source": "s"},
      "efficiency": {"low": 0.5, "expected": 0.625, "high": 0.75, "kind": "measured", "source": "s"},
      "writeAllocate": {"value": true, "kind": "measured", "source": "s"}
    },
    "matrix": {
      "peakFLOPsPerSecond": {"bf16": {"value": 3e12, "kind": "assumed", "source": "s"}},
      "efficiency": {"low": 0.25, "expected": 0.375, "high": 1, "kind": "measured", "source": "s"},
      "attentionEfficiency": {"low": 0.125, "expected": 0.25, "high": 0.5, "kind": "assumed", "source": "s"}
    },
    "vector": {"peakFLOPsPerSecond": {"value": 4e11, "kind": "measured", "source": "s"}},
    "kernelLatencySeconds": {"low": 0, "expected": 1e-6, "high": 2e-6, "kind": "measured", "source": "s"},
    "measurement": {
      "machine": {
        "processor": "P", "cores": 2, "caches": [{"level": 1, "sizeBytes": 32768, "sharedBy": 1}],
        "instructionSet": "avx2", "kernel": "K", "openBLAS": "B", "date": "2026-01-02"
      },
      "effort": "quick", "rounds": 3, "othersFraction": 0.25, "warnings": ["w"],
      "memory": [
        {
          "reads": 5, "writes": 4, "store": "streaming", "threads": 2, "workingSetBytes": 4096, "accessedBytes": 8192,
          "sampleSeconds": [3e-6, 1e-6, 2e-6]
        }
      ],
      "products": [
        {
          "rows": 8, "columns": 24, "inner": 64, "form": "left-transposed", "threads": 1, "repetitions": 7,
          "sampleSeconds": [1]
        }
      ],
      "vector": [{"work": "exponential", "threads": 1, "resultElements": 100, "sampleSeconds": [4]}],
      "starts": [{"threads": 2, "state": "idle", "sampleSeconds": [5e-6]}],
      "limits": {
        "medianAbsoluteErrorFraction": 0.5, "p90AbsoluteErrorFraction": 0.75, "residentSetErrorFraction": 0.125
      }
    }
  }
  """

@Suite struct `A profile of a measured machine` {
  private static let machine = MachineIdentity(
    processor: "P", cores: 2, caches: [CacheSize(level: 1, size: Bytes(32768), sharedBy: 1)], instructionSet: "avx2",
    kernel: "K", openBLAS: "B", date: "2026-01-02")

  private func load(_ text: String) throws(ProfileError) -> MeasuredHardware {
    try HardwareSource.readMeasured(Array(text.utf8), from: .file("mine.json"))
  }

  @Test func `Every sample arrives where it belongs`() throws {
    let rates = try #require(try load(measured).rates)
    #expect(rates.identity == Self.machine)
    let memory = try #require(rates.memory.first)
    #expect(memory.mix == MemoryMix(reads: 5, writes: 4, store: .streaming))
    #expect(memory.threads == 2 && memory.workingSet == Bytes(4096) && memory.accessed == Bytes(8192))
    #expect(memory.samples.values == [Seconds(3e-6), Seconds(1e-6), Seconds(2e-6)])
    #expect(memory.rate == BytesPerSecond(8192 / 2e-6))
    let product = try #require(rates.products.first)
    #expect(product.shape == ProductShape(rows: 8, columns: 24, inner: 64, form: .leftTransposed))
    #expect(product.rate == FLOPsPerSecond(2 * 8 * 24 * 64 * 7))
    #expect(rates.vectorRate(.exponential, threads: 1) == ElementsPerSecond(25))
    #expect(rates.startLatency(threads: 2, .idle) == Seconds(5e-6))
    #expect(
      rates.conditions == MeasurementConditions(effort: "quick", rounds: 3, othersFraction: 0.25, warnings: ["w"]))
    #expect(
      rates.limits == ValidationLimits(medianAbsoluteError: 0.5, p90AbsoluteError: 0.75, residentSetError: 0.125))
  }

  @Test func `It is a device as well, and one without the section has no rates`() throws {
    let whole = try load(measured)
    #expect(try HardwareSource.read(Array(measured.utf8), from: .file("mine.json")) == whole.hardware)
    #expect(whole.hardware.memoryBandwidth.value == BytesPerSecond(2e9))
    let builtIn = try HardwareSource.loadMeasured("h100-sxm")
    #expect(builtIn.rates == nil)
    let error = #expect(throws: ProfileError.self) { try builtIn.rates(for: Self.machine) }
    #expect(error?.description.contains("built-in h100-sxm: measurement: expected what 'mhc-plan measure'") == true)
  }

  @Test func `Rates of another machine are refused by name, unless any machine will do`() throws {
    let profile = try load(measured)
    #expect(try profile.rates(for: Self.machine).memory.count == 1)
    var same = Self.machine
    (same.kernel, same.openBLAS, same.date) = ("newer", nil, "2027-01-01")
    #expect(throws: Never.self) { try profile.rates(for: same) }
    var other = Self.machine
    (other.processor, other.cores) = ("Q\u{1b}", 64)
    let error = #expect(throws: ProfileError.self) { try profile.rates(for: other) }
    #expect(error?.kind == .invalid)
    let line = try #require(error?.description)
    #expect(line.hasPrefix("mine.json: measurement.machine: expected this machine, found another: "))
    #expect(line.contains("processor P, not Q\\u{1b}; cores 2, not 64") && line.contains("--any-machine"), "\(line)")
    #expect(try profile.rates(for: other, anyMachine: true).memory.count == 1)
  }

  @Test(arguments: [
    ("\"threads\": 2, \"working", "\"thread\": 2, \"working", "measurement.memory[0].threads: expected a whole number"),
    ("[3e-6, 1e-6, 2e-6]", "[3e-6, 0, 2e-6]", "measurement.memory[0].sampleSeconds[1]: expected a number from 1e-12"),
    ("[3e-6, 1e-6, 2e-6]", "[3e-6, -1e-6]", "measurement.memory[0].sampleSeconds[1]: expected a number from 1e-12"),
    ("[3e-6, 1e-6, 2e-6]", "[]", "measurement.memory[0].sampleSeconds: expected an array of 1 to 1000 values"),
    ("[3e-6, 1e-6, 2e-6]", "[\"1\"]", "measurement.memory[0].sampleSeconds[0]: expected a number from"),
    ("[3e-6, 1e-6, 2e-6]", "2e-6", "measurement.memory[0].sampleSeconds: expected an array"),
    ("\"streaming\"", "\"in-place\", \"x\": 1", "measurement.memory[0].x: expected only known keys"),
    (
      "\"reads\": 5, \"writes\": 4, \"store\": \"streaming\"", "\"reads\": 3, \"writes\": 4, \"store\": \"in-place\"",
      "measurement.memory[0].writes: expected an array that is read or written"
    ),
    ("\"reads\": 5, \"writes\": 4", "\"reads\": 0, \"writes\": 0", "measurement.memory[0].writes: expected an array"),
    ("\"reads\": 5", "\"reads\": 65", "measurement.memory[0].reads: expected a whole number from 0 to 64, found 65"),
    ("\"streaming\"", "\"streming\"", "did you mean \"streaming\""),
    ("4096", "0", "measurement.memory[0].workingSetBytes: expected a whole number from 1"),
    ("8192", "9e18", "measurement.memory[0].accessedBytes: expected a whole number from 1"),
    ("\"rows\": 8", "\"rows\": 1048577", "measurement.products[0].rows: expected a whole number from 1 to 1048576"),
    ("\"left-transposed\"", "\"left\"", "measurement.products[0].form: expected one of"),
    ("\"repetitions\": 7", "\"repetitions\": 0", "measurement.products[0].repetitions: expected a whole number from 1"),
    ("\"exponential\"", "\"exponentials\"", "did you mean \"exponential\""),
    ("\"resultElements\": 100", "\"resultElements\": 0.5", "measurement.vector[0].resultElements: expected a whole"),
    ("\"idle\"", "\"asleep\"", "measurement.starts[0].state: expected one of \"warm\", \"idle\""),
    ("\"effort\": \"quick\"", "\"effort\": \"fast\"", "measurement.effort: expected one of \"quick\", \"full\""),
    ("\"rounds\": 3", "\"rounds\": 0", "measurement.rounds: expected a whole number from 1 to 1000, found 0"),
    ("0.25, \"warnings\"", "1.5, \"warnings\"", "measurement.othersFraction: expected a number from 0.0 to 1.0"),
    ("[\"w\"]", "[\"\"]", "measurement.warnings[0]: expected a text of 1 to 1000 bytes, found \"\""),
    ("[\"w\"]", "[1]", "measurement.warnings[0]: expected a text of 1 to 1000 bytes, found 1"),
    ("\"processor\": \"P\", ", "", "measurement.machine.processor: expected a text of 1 to 1000 bytes"),
    ("\"cores\": 2", "\"cores\": 0", "measurement.machine.cores: expected a whole number from 1"),
    ("32768", "-1", "measurement.machine.caches[0].sizeBytes: expected a whole number from 1"),
    ("\"sharedBy\": 1", "\"sharedBy\": 1, \"ways\": 8", "measurement.machine.caches[0].ways: expected only known keys"),
    ("0.75, \"residentSet", "-0.75, \"residentSet", "measurement.limits.p90AbsoluteErrorFraction: expected a number"),
    ("\"starts\":", "\"start\":", "measurement.starts: expected an array"),
    ("\"measurement\": {", "\"measurment\": {", "did you mean \"measurement\""),
  ]) func `A mistake is one line with the file, the key, what was expected and what was found`(
    part: String, replacement: String, told: String
  ) throws {
    try #require(measured.contains(part))
    let text = measured.replacing(part, with: replacement, maxReplacements: 1)
    let error = #expect(throws: ProfileError.self) { try load(text) }
    let line = try #require(error?.description)
    #expect(line.hasPrefix("mine.json: ") && line.contains(told) && !line.contains("\n"), "\(line)")
  }
}
