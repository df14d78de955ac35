import CostModel
import LayerRuntime
import Quantities
import Testing

@testable import Validation

/// Faults that a validation must not pass.
///
/// Timings are those of a synthetic machine that the model knows exactly, and the
/// prediction is made with something wrong. No clock takes part.
@Suite struct PlantedFaultTests {
  /// Cases that move streams beyond the caches.
  static func cases() throws -> [TimeCase] {
    let shape = try LayerShape(tokens: 4096, streams: 4, channels: 1024)
    return [ConnectionOperation.preMix, .post, .resMix, .mergeSum, .mergeBackward, .resMixBackward, .accumulatePre].map
    {
      TimeCase(
        subject: .operation($0), connection: .manifold, implementation: .fused, shape: shape, format: .float32,
        team: .single)
    }
  }

  /// A report whose measured times are the true machine's, and whose predictions are by other rates or other work.
  static func report(_ rates: MachineRates, _ change: (inout Work) -> Void = { _ in }) throws -> ValidationReport {
    let (truth, model) = (TimeLaw(rates: SyntheticMachine.rates()), TimeLaw(rates: rates))
    var report = ValidationReport()
    for (index, timeCase) in try cases().enumerated() {
      var works = try timeCase.works()
      let measured = try truth.parts(repeating: works).reduce(0) { $0 + $1.total }
      for at in works.indices { change(&works[at]) }
      let predicted = try model.parts(repeating: works).reduce(0) { $0 + $1.total }
      let none = TimeRow.Parts(memory: .zero, arithmetic: .zero, products: .zero, starts: .zero)
      report.times.append(
        TimeRow(
          name: timeCase.name, operation: timeCase.operation, scheme: timeCase.scheme, scope: timeCase.scope,
          size: timeCase.size, predictedAs: 2 * index + 1, measuredAs: 2 * index + 2, predicted: Seconds(predicted),
          byProfile: Seconds(predicted), parts: none, drift: .none, samples: [Seconds(measured)]))
    }
    return report
  }

  @Test func `the machine as it is passes`() throws {
    let report = try Self.report(SyntheticMachine.rates())
    #expect(report.failures.isEmpty && report.summary?.worstAbsoluteError == 0)
  }

  @Test(arguments: [5.0, 20]) func `a bandwidth that is off by 2 fails`(_ gigabytes: Double) throws {
    let report = try Self.report(SyntheticMachine.rates(gigabytes: gigabytes))
    #expect(report.failures.contains { $0.hasPrefix("times: median") })
  }

  @Test func `a forgotten write-allocate fails`() throws {
    let report = try Self.report(SyntheticMachine.rates(allocates: false))
    #expect(report.failures.contains { $0.hasPrefix("times: ") })
    // The post writes four rows for each that it reads: 9 transfers, of which 5 are left.
    let post = try #require(report.times.first { $0.operation == "post" })
    #expect(post.error < -0.35)
  }

  @Test func `a tensor dropped from a row of the ledger fails`() throws {
    let report = try Self.report(SyntheticMachine.rates()) { work in
      if let last = work.touches.firstIndex(where: { $0.buffer != "H" && $0.bytes > 1e7 }) {
        work.touches.remove(at: last)
      }
    }
    #expect(report.failures.contains { $0.hasPrefix("times: ") })
  }

  @Test func `a byte of a peak, a count, and a resident set off by a tenth fail`() throws {
    var report = ValidationReport()
    report.memory = [
      MemoryRow(name: "a", predicted: [.gradient: 100, .scratch: 7], measured: [.gradient: 100, .scratch: 8])
    ]
    #expect(report.failures.contains { $0.contains("1 of 1 peaks differ, the worst a by 1 bytes of scratch") })
    report.memory = [MemoryRow(name: "b", predicted: [.gradient: 100], measured: [.gradient: 100], residentBytes: 110)]
    #expect(report.failures.contains { $0.contains("resident set: b off by 10.0 %") })
    report.memory = [MemoryRow(name: "b", predicted: [.gradient: 100], measured: [.gradient: 100], residentBytes: 104)]
    report.counts = [CountRow(name: "mhc/n4", operation: "post", quantity: .flops, predicted: 8, counted: 8)]
    #expect(report.failures.isEmpty)
    report.counts[0].counted = 9
    #expect(report.failures.contains { $0.contains("post: 8 flops predicted, 9 counted") })
  }

  @Test func `times without a prediction fail rather than pass`() throws {
    var report = try Self.report(SyntheticMachine.rates())
    for index in report.times.indices { report.times[index].predicted = Seconds(.nan) }
    #expect(!report.failures.isEmpty)
  }

  @Test func `the error of nine in ten is linear between neighbours`() {
    #expect(ErrorSummary.quantile([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9) == 9)
    #expect(ErrorSummary.quantile([1, 2], 0.5) == 1.5)
    #expect(ErrorSummary.quantile([3], 0.9) == 3)
  }
}
