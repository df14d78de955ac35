import CostModel
import Quantities
import Testing

/// A machine of invented rates, one probe of every kind and more, for tests of what is printed and read.
enum SyntheticMachine {
  static func rates() throws -> MachineRates {
    let identity = MachineIdentity(
      processor: "ACME Cruncher 9 (family 1, model 2)", cores: 2,
      caches: [
        CacheSize(level: 1, size: Bytes(32768), sharedBy: 1), CacheSize(level: 2, size: Bytes(1 << 20), sharedBy: 2),
      ], instructionSet: "avx2", kernel: "K 1.0", openBLAS: "OpenBLAS 0.3", date: "2026-01-02")
    var rates = MachineRates(identity: identity, memory: [], products: [], vector: [], starts: [])
    rates.conditions = MeasurementConditions(
      effort: "quick", rounds: 3, othersFraction: 0.0625, stolenFraction: 0, warnings: ["first", "second"])
    rates.limits = ValidationLimits(medianAbsoluteError: 0.25, p90AbsoluteError: 0.5, residentSetError: 0.125)
    for threads in [1, 2] {
      for (size, slower) in [(1 << 15, 1.0), (1 << 25, 4.0)] {
        try rates.memory.append(memory(1, 0, .ordinary, threads, size, 1.5 * slower))
        // Copies: three bytes for two with ordinary stores, at one rate on the bus.
        try rates.memory.append(memory(1, 1, .ordinary, threads, size, 3 * slower))
        try rates.memory.append(memory(1, 1, .streaming, threads, size, 2 * slower))
        // Row by row at half the rate, and with arithmetic.
        try rates.memory.append(memory(1, 1, .ordinary, threads, size, 6 * slower, row: Bytes(1024)))
        try rates.memory.append(memory(1, 1, .ordinary, threads, size, 4 * slower, multiplyAdds: 4))
      }
      for (work, time) in zip(VectorWork.allCases, [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
        let samples = try samples(time / Double(threads))
        rates.vector.append(
          try #require(VectorRate(work: work, threads: threads, results: Elements(1 << 20), samples: samples)))
      }
      for (rows, time) in [(64, 1.0), (512, 400)] {
        let shape = try #require(ProductShape(rows: rows, columns: 64, inner: 32, form: .rightTransposed))
        rates.products.append(
          try #require(ProductRate(shape: shape, threads: threads, repetitions: 10, samples: samples(time))))
      }
    }
    for (state, time) in [(StartState.warm, 0.001), (.idle, 0.02)] {
      rates.starts.append(try #require(ParallelStart(threads: 2, state: state, samples: samples(time))))
    }
    return rates
  }

  /// So many milliseconds, three times, around them.
  static func samples(_ milliseconds: Double) throws -> Samples {
    // Whole nanoseconds, which six digits hold.
    let nanoseconds = (milliseconds * 1e6).rounded()
    return try #require(Samples([1.125, 1, 0.875].map { Seconds(($0 * nanoseconds).rounded() / 1e9) }))
  }

  /// Two million bytes for a copy, as many milliseconds as given divided by the threads.
  private static func memory(
    _ reads: Int, _ writes: Int, _ store: StoreKind, _ threads: Int, _ size: Int, _ milliseconds: Double,
    row: Bytes? = nil, multiplyAdds: Int = 0
  ) throws -> MemoryRate {
    let mix = try #require(MemoryMix(reads: reads, writes: writes, store: store))
    let samples = try samples(milliseconds / Double(threads))
    return try #require(
      MemoryRate(
        mix: mix, row: row, multiplyAdds: multiplyAdds, threads: threads, workingSet: Bytes(size),
        accessed: Bytes(1_000_000 * (reads + writes)),
        samples: samples))
  }
}
