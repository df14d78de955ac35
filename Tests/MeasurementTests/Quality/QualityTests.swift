import CostModel
import Quantities
import Testing

@testable import Measurement

@Suite struct `The quality of a measurement` {
  private static let identity = MachineIdentity(
    processor: "P", cores: 2, caches: [CacheSize(level: 1, size: Bytes(32768), sharedBy: 1)], instructionSet: "avx2",
    kernel: "K", openBLAS: "B", date: "2026-01-02")

  private static func timing(_ label: String, _ values: [Double]) throws -> Measurement.Timing {
    Measurement.Timing(label: label, samples: try #require(Samples(values.map { Seconds($0) })))
  }

  private static func warnings(
    _ timings: [Measurement.Timing], load: ProcessorLoad? = nil, identity: MachineIdentity = identity
  ) -> [String] {
    MeasurementQuality.warnings(timings, load: load, identity: identity).map(\.name)
  }

  private static let calm = [1.0, 1.01, 0.99, 1, 1.02, 0.98, 1]

  @Test func `Samples that agree on an idle machine give no warning`() throws {
    let timings = try (0..<10).map { try Self.timing("probe \($0)", Self.calm) }
    #expect(Self.warnings(timings, load: ProcessorLoad(others: 0.01, stolen: 0.01)) == [])
    #expect(throws: Never.self) { try MeasurementQuality.check(timings) }
  }

  @Test func `Others' processes and the hypervisor are told apart`() throws {
    let timings = [try Self.timing("a", Self.calm)]
    #expect(Self.warnings(timings, load: ProcessorLoad(others: 0.2, stolen: 0)) == ["busy"])
    #expect(Self.warnings(timings, load: ProcessorLoad(others: 0, stolen: 0.2)) == ["stolen"])
  }

  @Test func `A disturbed sample is an outlier, a slow first one is said to be the first`() throws {
    let outlier = try Self.timing("a", [1, 1.01, 0.99, 1, 7, 0.98, 1])
    #expect(Self.warnings([outlier]) == ["outliers"])
    #expect(MeasurementQuality.outliers(outlier.samples) == 1)
    let slowStart = try Self.timing("a", [1.6, 1, 0.9, 1.1, 1.05, 0.95, 1])
    #expect(Self.warnings([slowStart]).contains("slow-first-runs"))
    #expect(!Self.warnings([try Self.timing("a", [1.4, 1, 0.9, 1.1, 1.05, 0.95, 1])]).contains("slow-first-runs"))
  }

  @Test func `One wide probe of a hundred is not worth a line, three are, and the widest is named`() throws {
    let wide = try Self.timing("wide", [1, 1.2, 1.4, 1.6, 1.8])
    let wider = try Self.timing("wider", [1, 2, 3, 4, 5])
    func hundred(_ others: [Measurement.Timing]) throws -> [Measurement.Timing] {
      try (others.count..<100).map { try Self.timing("\($0)", Self.calm) } + others
    }
    #expect(Self.warnings(try hundred([wide])) == [])
    let warnings = MeasurementQuality.warnings(try hundred([wide, wider, wide]), load: nil, identity: Self.identity)
    // Of 1 to 5 the quartiles are 2 and 4.
    #expect(warnings == [.noisy(probes: 3, of: 100, worst: "wider", spread: 2.0 / 3)])
    #expect("\(warnings)".contains("66.7 %"))
  }

  @Test func `Half of the probes beyond a quarter, or a quarter beyond a half, is refused with the spreads`() throws {
    // Quartiles of [1, 1, 1+a, 1+2a, 9]: 1 and 1 + 2a; the median 1 + a.
    let calm = try Self.timing("calm", Self.calm)
    let third = try Self.timing("third", [1, 1, 1.2, 1.4, 9])
    let whole = try Self.timing("whole", [1, 1, 2, 3, 9])
    #expect(throws: Never.self) { try MeasurementQuality.check([calm, calm, calm, third, third]) }
    #expect(throws: Never.self) { try MeasurementQuality.check([calm, calm, calm, calm, whole]) }
    for timings in [[calm, calm, third, third, third], [calm, calm, calm, whole, whole]] {
      let error = #expect(throws: MeasurementError.self) { try MeasurementQuality.check(timings) }
      let line = try #require(error?.description)
      #expect(line.hasPrefix("too noisy to measure: ") && line.contains("'\(timings[4].label)'"), "\(line)")
      #expect(!line.contains("\n"))
    }
  }

  @Test func `What is missing on the machine is told`() throws {
    var bare = Self.identity
    bare.openBLAS = nil
    bare.caches = []
    #expect(Self.warnings([], identity: bare) == ["no-openblas", "caches-unknown"])
  }

  @Test(arguments: [
    MeasurementWarning.busy(others: 0.5), .stolen(0.1), .noisy(probes: 1, of: 2, worst: "w", spread: 0.3),
    .outliers(samples: 1, of: 2), .slowFirstRuns(probes: 1, of: 2), .noOpenBLAS, .cachesUnknown,
  ]) func `A warning is one line with a name`(warning: MeasurementWarning) {
    #expect(!warning.description.contains("\n") && warning.description.count > 30)
    #expect(warning.name.allSatisfy { $0.isLowercase || $0 == "-" })
  }
}
