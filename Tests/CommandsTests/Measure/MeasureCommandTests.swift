import ArgumentParser
import CostModel
import FoundationEssentials
import Profiles
import Quantities
import Testing

@testable import Commands
@testable import Measurement

@Suite struct `A measurement` {
  /// A folder with an old profile in it, and the command that is to replace it.
  private static func withOldProfile(_ body: (URL, MeasureCommand, OutputFile) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mhc-plan-measure-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "mine.json")
    try "old".write(to: file, atomically: false, encoding: .utf8)
    let command = try #require(
      try MHCPlan.parseAsRoot(["measure", "--out", file.path, "--quick", "--json"]) as? MeasureCommand)
    try body(file, command, try OutputFile(file.path))
    // The new profile or the old one, and nothing beside it.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["mine.json"])
  }

  /// A few probes of every kind, small, on one thread.
  private static func tinyPlan() throws -> MeasurementPlan {
    MeasurementPlan(
      threadCounts: [1], mixes: [try #require(MemoryMix(reads: 1, writes: 0))], workingSets: [1: [Bytes(1 << 16)]],
      products: [try #require(ProductShape(rows: 16, columns: 24, inner: 32))],
      vectorWork: [.multiplyAdd, .exponential], effort: .quick)
  }

  @Test func `of a tiny plan runs to its end, and its profile is kept unless its samples are refused`() throws {
    try Self.withOldProfile { file, command, profile in
      let identity = ThisMachine.identity()
      let result = try command.measured(try Self.tinyPlan(), on: identity)
      let hasBLAS = identity.openBLAS != nil
      #expect(result.timings.count == (hasBLAS ? 4 : 3))
      var told: [String] = []
      do {
        let printed = try command.kept(result, in: profile) { told.append($0) }
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text == printed + "\n" && told.last == "wrote \(file.path)")
        let rates = try #require(try HardwareSource.readMeasured(Array(text.utf8), from: .file(file.path)).rates)
        #expect(rates.identity == identity && rates.probeCount == result.timings.count)
        #expect(rates.memory.map(\.workingSet) == [Bytes(1 << 16)] && rates.threadCounts == [1])
        #expect(rates.memory.first?.samples.values.count == result.rounds)
      } catch let failure as CommandFailure {
        // However busy this machine is: what is timed decides no test.
        #expect(failure.description.hasPrefix("too noisy to measure"))
        #expect(try String(contentsOf: file, encoding: .utf8) == "old" && told.isEmpty)
      }
    }
  }

  /// Three probes whose samples lie at these parts of a second.
  private static func result(_ samples: [Double]) throws -> Measurement.Result {
    let samples = try #require(Samples(samples.map { Seconds($0) }))
    return Measurement.Result(
      rates: try SyntheticMachine.rates(), load: nil, rounds: 3,
      timings: ["a", "b", "c"].map { Measurement.Timing(label: $0, samples: samples) })
  }

  @Test func `whose samples are alike replaces the profile whole`() throws {
    try Self.withOldProfile { file, command, profile in
      var told: [String] = []
      let printed = try command.kept(try Self.result([1, 1, 1]), in: profile) { told.append($0) }
      #expect(try String(contentsOf: file, encoding: .utf8) == printed + "\n")
      #expect(told == ["mhc-plan: warning: first", "mhc-plan: warning: second", "wrote \(file.path)"])
    }
  }

  @Test func `whose samples differ by half is refused in one line, and the profile stays as it was`() throws {
    try Self.withOldProfile { file, command, profile in
      var told: [String] = []
      // Quartiles of 0.75 and 1.25 around 1.
      let noisy = try Self.result([0.5, 1, 1.5])
      let failure = #expect(throws: CommandFailure.self) { try command.kept(noisy, in: profile) { told.append($0) } }
      #expect(failure?.status == .failure && failure?.description.hasPrefix("too noisy") == true)
      #expect(failure?.description.contains(where: \.isNewline) == false && told.isEmpty)
      #expect(try String(contentsOf: file, encoding: .utf8) == "old")
    }
  }
}
