import CostModel
import Quantities
import Testing

/// A machine whose rates are round numbers.
private enum Round {
  static let identity = MachineIdentity(
    processor: "P", cores: 2, caches: [CacheSize(level: 1, size: Bytes(32768), sharedBy: 1)], instructionSet: "avx2",
    kernel: "K", openBLAS: nil, date: "2026-01-02")

  /// One second for so many bytes.
  static func memory(
    _ reads: Int, _ writes: Int, _ store: StoreKind = .ordinary, size: Int, threads: Int = 1, bytes: Int
  ) throws -> MemoryRate {
    let mix = try #require(MemoryMix(reads: reads, writes: writes, store: store))
    let second = try #require(Samples([Seconds(1)]))
    return try #require(
      MemoryRate(mix: mix, threads: threads, workingSet: Bytes(size), accessed: Bytes(bytes), samples: second))
  }

  static func rates(memory: [MemoryRate] = [], products: [ProductRate] = []) -> MachineRates {
    MachineRates(identity: identity, memory: memory, products: products, vector: [], starts: [])
  }
}

@Suite struct `Memory rates` {
  /// At 1 KiB reading takes 1 ns a byte, copying 3, writing 5, a streaming copy 2; at 4 KiB twice as long.
  private static func machine() throws -> MachineRates {
    Round.rates(memory: [
      try Round.memory(1, 0, size: 1024, bytes: 1_000_000_000),
      try Round.memory(1, 1, size: 1024, bytes: 333_333_333),
      try Round.memory(0, 1, size: 1024, bytes: 200_000_000),
      try Round.memory(1, 1, .streaming, size: 1024, bytes: 500_000_000),
      try Round.memory(1, 0, size: 4096, bytes: 500_000_000),
      try Round.memory(1, 1, size: 4096, bytes: 166_666_667),
      try Round.memory(0, 1, size: 4096, bytes: 100_000_000),
    ])
  }

  private func nanoseconds(
    _ reads: Int, _ writes: Int, _ store: StoreKind = .ordinary, size: Int
  ) throws -> Double {
    let mix = try #require(MemoryMix(reads: reads, writes: writes, store: store))
    let machine = try Self.machine()
    return 1e9 / (try #require(machine.memoryRate(mix, workingSet: Bytes(size), threads: 1))).value
  }

  @Test func `A measured mix at a measured size has its own rate`() throws {
    #expect(try (nanoseconds(1, 1, size: 1024) - 3).magnitude < 1e-6)
    #expect(try (nanoseconds(0, 1, size: 4096) - 10).magnitude < 1e-6)
  }

  @Test func `Between mixes the time of a byte is interpolated over the part read`() throws {
    // Three reads for one write: half way from the copy to the pure read.
    #expect(try (nanoseconds(3, 1, size: 1024) - 2).magnitude < 1e-6)
    // A streaming mix: half way from its own copy to the pure read, which is of every kind.
    #expect(try (nanoseconds(3, 1, .streaming, size: 1024) - 1.5).magnitude < 1e-6)
  }

  @Test func `Between sizes it is interpolated over the logarithm, and beyond them it is constant`() throws {
    #expect(try (nanoseconds(1, 0, size: 2048) - 1.5).magnitude < 1e-6)
    #expect(try nanoseconds(1, 0, size: 1) == nanoseconds(1, 0, size: 1024))
    #expect(try nanoseconds(1, 0, size: 1 << 40) == nanoseconds(1, 0, size: 4096))
  }

  @Test func `The time of traffic adds up by the kind of store`() throws {
    let machine = try Self.machine()
    func seconds(_ traffic: MemoryTraffic) throws -> Double {
      try #require(machine.memoryTime(traffic, arrays: 2, workingSet: Bytes(1024), threads: 1)).value
    }
    #expect(try (seconds(MemoryTraffic(read: 1e9)) - 1).magnitude < 1e-6)
    #expect(try (seconds(MemoryTraffic(read: 1e9, written: [.ordinary: 1e9])) - 6).magnitude < 1e-6)
    // Each half of the stores takes half of the loads: 1e9 bytes at 3 ns and 1e9 at 2 ns.
    let both = MemoryTraffic(read: 1e9, written: [.ordinary: 5e8, .streaming: 5e8])
    #expect(try (seconds(both) - 5).magnitude < 1e-6)
    #expect(both.accesses == 2e9)
  }

  @Test func `Of two mixes with the same part read, the nearer number of arrays counts`() throws {
    let machine = Round.rates(memory: [
      try Round.memory(1, 1, size: 64, bytes: 100), try Round.memory(4, 4, size: 64, bytes: 50),
    ])
    for (arrays, expected) in [(1, 100.0), (2, 100), (3, 50), (5, 50)] {
      let mix = try #require(MemoryMix(reads: arrays, writes: arrays))
      #expect(machine.memoryRate(mix, workingSet: Bytes(64), threads: 1)?.value == expected)
    }
  }

  @Test func `Nothing is told of threads that were not measured`() throws {
    let mix = try #require(MemoryMix(reads: 1, writes: 0))
    #expect(try Self.machine().memoryRate(mix, workingSet: Bytes(1024), threads: 2) == nil)
    #expect(
      try Self.machine().memoryTime(MemoryTraffic(read: 1), arrays: 1, workingSet: Bytes(1), threads: 2) == nil)
    #expect(try Self.machine().threadCounts == [1])
  }

  @Test func `Write-allocate adds a read for each ordinary write, and is seen in a copy that takes half longer`() throws
  {
    #expect(MemoryMix(reads: 5, writes: 4)?.transfers(writeAllocate: true) == 13)
    #expect(MemoryMix(reads: 5, writes: 4, store: .streaming)?.transfers(writeAllocate: true) == 9)
    #expect(MemoryMix(reads: 4, writes: 4, store: .inPlace)?.transfers(writeAllocate: true) == 8)
    #expect(MemoryMix(reads: 5, writes: 4)?.transfers(writeAllocate: false) == 9)
    for (streaming, expected) in [(300, true), (220, false)] {
      let machine = Round.rates(memory: [
        try Round.memory(1, 1, size: 64, bytes: 200), try Round.memory(1, 1, .streaming, size: 64, bytes: streaming),
      ])
      #expect(machine.hasWriteAllocate == expected)
    }
    #expect(Round.rates().hasWriteAllocate == nil)
  }

  @Test func `A mix has an array, and writes in place only what it reads`() {
    #expect(MemoryMix(reads: 0, writes: 0) == nil)
    #expect(MemoryMix(reads: 65, writes: 0) == nil)
    #expect(MemoryMix(reads: -1, writes: 2) == nil)
    #expect(MemoryMix(reads: 1, writes: 2, store: .inPlace) == nil)
    #expect(MemoryMix(reads: 2, writes: 1, store: .inPlace)?.arrays == 2)
    #expect(MemoryMix(reads: 2, writes: 0, store: .streaming) == MemoryMix(reads: 2, writes: 0))
  }
}

@Suite struct `Product rates` {
  /// A product of so many FLOPs a second.
  private func product(_ rows: Int, _ columns: Int, _ inner: Int, rate: Double) throws -> ProductRate {
    let shape = try #require(ProductShape(rows: rows, columns: columns, inner: inner))
    let samples = try #require(Samples([Seconds(Double(shape.flops.count) / rate)]))
    return try #require(ProductRate(shape: shape, threads: 1, repetitions: 1, samples: samples))
  }

  @Test func `A measured shape has its own rate, one between two of equal distance the mean time of a FLOP`() throws {
    let machine = Round.rates(products: [
      try product(64, 64, 64, rate: 1e9), try product(256, 64, 64, rate: 3e9),
    ])
    func rate(_ rows: Int) throws -> Double {
      let shape = try #require(ProductShape(rows: rows, columns: 64, inner: 64))
      return try #require(machine.productRate(shape, threads: 1)).value
    }
    #expect(try (rate(64) / 1e9 - 1).magnitude < 1e-9)
    #expect(try (rate(256) / 3e9 - 1).magnitude < 1e-9)
    #expect(try (rate(128) / 1.5e9 - 1).magnitude < 1e-9)
    let small = try #require(ProductShape(rows: 1, columns: 1, inner: 1))
    #expect(machine.productRate(small, threads: 2) == nil)
  }

  @Test func `A multiplication and an addition are two FLOPs, and absurd sizes are no shape`() {
    #expect(ProductShape(rows: 3, columns: 5, inner: 7)?.flops == FLOPs(210))
    #expect(ProductShape(rows: 1 << 20, columns: 1 << 20, inner: 1 << 20)?.flops == FLOPs(1 << 61))
    #expect(ProductShape(rows: 0, columns: 5, inner: 7) == nil)
    #expect(ProductShape(rows: (1 << 20) + 1, columns: 5, inner: 7) == nil)
  }
}

@Suite struct `A machine` {
  @Test func `is another if its processor, cores, caches or instruction set are, and says which`() {
    var other = Round.identity
    other.date = "2027-01-01"
    other.kernel = "newer"
    #expect(Round.identity.differences(from: other) == [])
    #expect(Round.identity.changes(to: other) == ["kernel K, not newer"])
    other.processor = "Q"
    other.caches = []
    #expect(
      Round.identity.differences(from: other) == ["processor P, not Q", "caches L1 32 KiB, not unknown"])
    other.cores = 4
    other.instructionSet = "avx512"
    #expect(Round.identity.differences(from: other).count == 4)
  }
}
