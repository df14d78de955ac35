import CostModel
import Quantities
import Testing

/// Rates of rows that are walked side by side, on a machine of round numbers.
@Suite struct `Rates of rows` {
  /// A byte takes 1 ns in whole arrays, and 1024 ns more at the begin of every row; 8 ns where rows share sets.
  private static func machine(_ more: [MemoryRate] = []) throws -> MachineRates {
    let identity = MachineIdentity(
      processor: "round", cores: 1, caches: [], instructionSet: "none", kernel: "none", openBLAS: nil, date: "")
    var rates = MachineRates(identity: identity, memory: more, products: [], vector: [], starts: [])
    try rates.memory.append(rate(nil, 1))
    try rates.memory.append(rate(1024, 2))
    try rates.memory.append(rate(2048, 1.5))
    try rates.memory.append(rate(4096, 8))
    let samples = try #require(Samples([Seconds(1)]))
    // 10⁹ multiply-adds a second.
    rates.vector = [
      try #require(VectorRate(work: .multiplyAdd, threads: 1, results: Elements(1_000_000_000), samples: samples))
    ]
    return rates
  }

  private static func rate(_ row: Int?, _ nanoseconds: Double, multiplyAdds: Int = 0) throws -> MemoryRate {
    let mix = try #require(MemoryMix(reads: 1, writes: 1))
    let samples = try #require(Samples([Seconds(nanoseconds * 1e-9 * 1000)]))
    return try #require(
      MemoryRate(
        mix: mix, row: row.map { Bytes($0) }, multiplyAdds: multiplyAdds, threads: 1, workingSet: Bytes(1 << 20),
        accessed: Bytes(1000), samples: samples))
  }

  private static func nanoseconds(_ row: Int?) throws -> Double {
    let mix = try #require(MemoryMix(reads: 1, writes: 1))
    let found = try machine().memoryRate(mix, row: row.map { Bytes($0) }, workingSet: Bytes(1 << 20), threads: 1)
    return 1e9 / (try #require(found).value)
  }

  @Test func `The time of a byte is linear in the inverse of the row, shorter rows included`() throws {
    #expect(try (Self.nanoseconds(nil) - 1).magnitude < 1e-9)
    #expect(try (Self.nanoseconds(1536) - (1 + 1024.0 / 1536)).magnitude < 1e-9)
    #expect(try (Self.nanoseconds(10240) - 1.1).magnitude < 1e-9)
    #expect(try (Self.nanoseconds(512) - 3).magnitude < 1e-9)
  }

  @Test func `Rows a multiple of 4 KiB apart are compared with such rows alone`() throws {
    #expect(try (Self.nanoseconds(4096) - 8).magnitude < 1e-9)
    // Half way in the inverse between 4096 and whole arrays.
    #expect(try (Self.nanoseconds(8192) - 4.5).magnitude < 1e-9)
  }

  @Test(arguments: [(1.5, 0.0), (1.25, 0.5), (1.0, 1.0), (0.9, 1.0), (2.0, 0.0)])
  func `What is hidden is what both together take less than their sum`(_ both: Double, _ expected: Double) throws {
    // A byte takes 1 ns alone. Half of the bytes are read, an eighth as many numbers; four multiply-adds of 1 ns on each
    // are 0.5 ns a byte.
    let machine = try Self.machine([try Self.rate(nil, both, multiplyAdds: 4)])
    let found = try #require(machine.hiddenFraction(row: nil, workingSet: Bytes(1 << 20)))
    #expect((found - expected).magnitude < 1e-9)
    #expect(try Self.machine().hiddenFraction(row: nil, workingSet: Bytes(1)) == nil)
  }
}
