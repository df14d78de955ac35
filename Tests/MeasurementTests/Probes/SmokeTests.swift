import CostModel
import Quantities
import Testing

@testable import Measurement

/// Runs the probes once at tiny sizes: what they say of themselves, never how fast they were.
@Suite struct `Probes` {
  /// Two threads at most: what two processors start together.
  private static let threads = min(2, ThisMachine.cores)

  private static func tinyPlan() throws -> MeasurementPlan {
    var plan = MeasurementPlan(caches: [], threads: threads, memory: Bytes(1 << 30), effort: .full)
    plan.workingSets = Dictionary(
      uniqueKeysWithValues: plan.threadCounts.map { ($0, [Bytes(1 << 14), Bytes(1 << 20)]) })
    plan.products = [try #require(ProductShape(rows: 8, columns: 24, inner: 32, form: .leftTransposed))]
    // Tests hold the threads of the pool that a parallel call would start.
    plan.starts = []
    return plan
  }

  @Test(arguments: ProbeVariant.supported) func `give positive samples under their labels, in every variant`(
    variant: ProbeVariant
  ) throws {
    let plan = try Self.tinyPlan()
    let identity = ThisMachine.identity(variant: variant)
    let result = try Measurement(plan, variant: variant, rounds: 2, sample: Seconds(1e-5)).run(on: identity)
    #expect(result.rounds == 2)
    let counts = plan.threadCounts.count
    #expect(result.rates.memory.count == counts * 2 * plan.mixes.count)
    #expect(result.rates.vector.count == counts * VectorWork.allCases.count)
    #expect(result.rates.products.count == (identity.openBLAS == nil ? 0 : counts))
    let rates = result.rates
    let number = rates.memory.count + rates.vector.count + rates.starts.count + rates.products.count
    #expect(result.timings.count == number)
    #expect(Set(result.timings.map(\.label)).count == number)
    #expect(result.timings.allSatisfy { $0.samples.values.count == 2 && $0.samples.least.value > 0 })
    #expect(rates.identity.instructionSet == variant.name)
  }

  @Test(arguments: StartState.allCases) func `start on one thread as well`(state: StartState) throws {
    let probe = try #require(StartProbe(threads: 1, state: state))
    #expect(try #require(probe.run(repetitions: 3)).value > 0)
  }

  @Test func `load and store the bytes that they say`() throws {
    let buffer = try ProbeBuffer(Bytes(1 << 20))
    let mix = try #require(MemoryMix(reads: 5, writes: 4))
    // 2^16 bytes among 9 arrays and one thread: 7281 bytes each, 28 times 256 bytes; 9 of them are loaded or stored.
    let probe = try #require(MemoryProbe(mix, workingSet: Bytes(1 << 16), threads: 1, buffer: buffer))
    #expect(probe.accessedInPass == Bytes(28 * 256 * 9))
    // In place an array is loaded and stored: 2^16 bytes in one array, twice.
    let inPlace = try #require(MemoryMix(reads: 1, writes: 1, store: .inPlace))
    let update = try #require(MemoryProbe(inPlace, workingSet: Bytes(1 << 16), threads: 1, buffer: buffer))
    #expect(update.accessedInPass == Bytes(2 << 16))
    #expect(MemoryProbe(mix, workingSet: Bytes(1 << 24), threads: 1, buffer: buffer) == nil)
  }

  @Test(arguments: ProbeVariant.supported) func `store to the arrays that the mix says, and to no other`(
    variant: ProbeVariant
  ) throws {
    for (reads, writes, store) in [
      (1, 1, StoreKind.ordinary), (5, 4, .ordinary), (5, 4, .streaming), (0, 4, .streaming), (3, 2, .streaming),
      (8, 4, .inPlace), (3, 0, .ordinary),
    ] {
      let mix = try #require(MemoryMix(reads: reads, writes: writes, store: store))
      let buffer = try ProbeBuffer(Bytes(1 << 18))
      let probe = try #require(
        MemoryProbe(mix, workingSet: Bytes(mix.arrays * 512), threads: 1, buffer: buffer, variant: variant))
      // Three passes over arrays of threes. The mean of what is read is 3; 1 where nothing is. In place, half of eight
      // arrays become 2 - 3, the mean 1; then 2 - 1, the mean 2; then 2 - 2.
      buffer.fill(3)
      #expect(probe.run(repetitions: 2) != nil)
      let written = store == .inPlace ? 0..<writes : reads..<(reads + writes)
      for array in 0..<mix.arrays {
        let expected: Float = !written.contains(array) ? 3 : store == .inPlace ? 0 : reads == 0 ? 1 : 3
        let found = buffer.values(array * (128 + 80)..<array * (128 + 80) + 128)
        #expect(found.allSatisfy { ($0 - expected).magnitude < 1e-5 }, "\(mix), array \(array)")
        #expect(buffer.values(array * 208 + 128..<array * 208 + 208).allSatisfy { $0 == 3 }, "\(mix), gap \(array)")
      }
    }
  }
}
