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
    plan.rowSets = [1: [Bytes(1 << 16)], 2: []]
    plan.products = [try #require(ProductShape(rows: 8, columns: 24, inner: 32, form: .leftTransposed))]
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
    #expect(result.rates.memory.count { $0.row == nil && $0.multiplyAdds == 0 } == counts * 2 * plan.mixes.count)
    // Of 64 KiB, nine rows of 16 KiB do not fit; the others do, with arithmetic and without.
    let rows = result.rates.memory.filter { $0.row != nil || $0.multiplyAdds > 0 }
    #expect(rows.allSatisfy { $0.threads == 1 && ($0.row?.count ?? 0) * $0.mix.arrays <= 1 << 16 })
    #expect(Set(rows.compactMap(\.row)).count >= 3 && rows.contains { $0.multiplyAdds > 0 && $0.row == nil })
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

  @Test(arguments: ProbeVariant.supported) func `walk rows side by side, and store to those that are written`(
    variant: ProbeVariant
  ) throws {
    for (reads, writes, store, products) in [
      (5, 4, StoreKind.ordinary, 0), (5, 4, .ordinary, 4), (5, 4, .streaming, 0), (9, 4, .inPlace, 0),
      (3, 2, .ordinary, 0),
      (2, 2, .ordinary, 1), (4, 0, .ordinary, 0),
    ] {
      let mix = try #require(MemoryMix(reads: reads, writes: writes, store: store))
      let buffer = try ProbeBuffer(Bytes(1 << 18))
      // Rows of 32 numbers, 8 tokens.
      let probe = try #require(
        MemoryProbe(
          mix, row: Bytes(128), multiplyAdds: products, workingSet: Bytes(mix.arrays * 1024), threads: 1,
          buffer: buffer, variant: variant))
      #expect(probe.accessedInPass == Bytes(mix.accesses * 1024))
      let out = 8 * reads * 32
      buffer.fill(0..<out + 8 * writes * 32 + 64, with: 9)
      for token in 0..<8 {
        for row in 0..<reads {
          let first = (token * reads + row) * 32
          buffer.fill(first..<first + 32, with: Float(token + row + 1))
        }
      }
      #expect(probe.run(repetitions: 1) != nil)
      for token in 0..<8 {
        let inputs = (0..<reads).map { Float(token + $0 + 1) }
        // Each multiply-add halves a number and adds a half.
        let worked = inputs.map { value in (0..<products).reduce(value) { result, _ in result / 2 + 0.5 } }
        let mean = worked.reduce(0, +) / Float(reads)
        for row in 0..<writes {
          let first = store == .inPlace ? (token * reads + row) * 32 : out + (token * writes + row) * 32
          let wanted = store == .inPlace ? 2 - mean : mean
          #expect(buffer.values(first..<first + 32).allSatisfy { ($0 - wanted).magnitude < 1e-4 }, "\(mix) \(token)")
        }
      }
      let past = out + (store == .inPlace ? 0 : 8 * writes * 32)
      #expect(buffer.values(past..<past + 64).allSatisfy { $0 == 9 })
    }
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
      // Every array holds a number of its own. Three passes: one to warm the caches, and two.
      buffer.fill(0..<mix.arrays * 208, with: 9)
      for array in 0..<mix.arrays { buffer.fill(array * 208..<array * 208 + 128, with: Float(array + 1)) }
      #expect(probe.run(repetitions: 2) != nil)
      var expected = (0..<mix.arrays).map { Float($0 + 1) }
      for _ in 0..<3 {
        let mean = reads == 0 ? 1 : expected[..<reads].reduce(0, +) / Float(reads)
        for write in 0..<writes {
          expected[store == .inPlace ? write : reads + write] = store == .inPlace ? 2 - mean : mean
        }
      }
      for array in 0..<mix.arrays {
        let found = buffer.values(array * 208..<array * 208 + 128)
        #expect(found.allSatisfy { ($0 - expected[array]).magnitude < 1e-4 }, "\(mix), array \(array): \(found[0])")
        #expect(buffer.values(array * 208 + 128..<array * 208 + 208).allSatisfy { $0 == 9 }, "\(mix), gap \(array)")
      }
    }
  }
}
