import CostModel
import LayerRuntime
import Quantities
import Testing

@testable import Validation

/// The law on a machine of round numbers: 10 GB/s of memory, 10⁹ times 10 results a second, one thread unless said.
@Suite struct TimeLawTests {
  static var law: TimeLaw { TimeLaw(rates: SyntheticMachine.rates()) }

  static func copy(_ bytes: Double, _ store: StoreKind, threads: Int = 1) -> Work {
    var work = Work(name: "copy", threads: threads)
    work.touches = [.read("a", bytes), .write("b", bytes, store)]
    work.arrays = 2
    return work
  }
  static func seconds(_ work: Work) throws -> Double {
    try law.parts(repeating: [work]).reduce(0) { $0 + $1.total }
  }
  static func isClose(_ one: Double, _ other: Double) -> Bool { abs(one / other - 1) < 1e-9 }

  @Test func `an ordinary copy beyond the caches moves three bytes for two`() throws {
    // 10⁸ bytes each way: 3 · 10⁸ bytes at 10 GB/s; past the caches 2 · 10⁸.
    #expect(Self.isClose(try Self.seconds(Self.copy(1e8, .ordinary)), 0.03))
    #expect(Self.isClose(try Self.seconds(Self.copy(1e8, .streaming)), 0.02))
  }

  @Test func `what fits in a private cache comes from there`() throws {
    // Two arrays of 0.25 MB are 0.5 MB, read and written at 100 GB/s.
    #expect(Self.isClose(try Self.seconds(Self.copy(2.5e5, .ordinary)), 7.5e-6))
  }

  @Test func `arithmetic and transfers of one core add up`() throws {
    var work = Self.copy(1e8, .ordinary)
    work.vector = [.multiplyAdd: 1e8]
    #expect(Self.isClose(try Self.seconds(work), 0.03 + 0.01))
  }

  @Test func `two threads halve the time and pay their start, unless one is quicker`() throws {
    #expect(Self.isClose(try Self.seconds(Self.copy(1e8, .ordinary, threads: 2)), 0.015 + 10e-6))
    // 3 µs of work: the second thread would come too late.
    #expect(Self.isClose(try Self.seconds(Self.copy(1e5, .ordinary, threads: 2)), 3e-6))
  }

  @Test func `threads sleep while the caller works alone, not while they take part`() throws {
    let copy = Self.copy(1e8, .ordinary, threads: 2)
    var part = copy
    part.starts = false
    func starts(_ works: [Work]) throws -> Double { try Self.law.parts(repeating: works).reduce(0) { $0 + $1.start } }
    // Two calls of threads that poll: what comes between is part of the first.
    #expect(Self.isClose(try starts([copy, part, copy]), 20e-6))
    #expect(Self.isClose(try starts([copy, Self.copy(1e8, .ordinary), copy]), 10e-6 + 50e-6))
  }

  @Test func `a tensor stored past the caches is not in them`() throws {
    var write = Work(name: "write", threads: 1)
    write.touches = [.write("a", 1e5, .streaming)]
    var read = Work(name: "read", threads: 1)
    read.touches = [.read("a", 1e5)]
    var history = CacheHistory()
    _ = history.distances(write)
    #expect(history.distances(read) == [CacheHistory.memory])
    #expect(history.distances(read) == [1e5])
  }

  @Test(arguments: [1, 2, 4, 8], [64, 1024]) func `the one-pass backward does what the rows of the ledger do together`(
    _ n: Int, _ C: Int
  ) throws {
    let shape = try LayerShape(tokens: 1, streams: n, channels: C)
    let rows = ConnectionRows(.manifold, shape, .deepSeekV4)
    func sum(_ operations: [ConnectionOperation]) throws -> EvaluatedArithmetic {
      try operations.flatMap { try rows.rows($0) }.reduce(EvaluatedArithmetic()) { $0 + $1.arithmetic }
    }
    let plan = { ConnectionPlan(.manifold, $0, channels: C) }
    let one = try sum(plan(.fastest).backwardBefore + plan(.fastest).backwardAfter)
    let many = try sum(plan(.fused).backwardBefore + plan(.fused).backwardAfter)
    #expect(one == many)
    #expect(one.flops > 4 * Double(n * C * (n * n + 2 * n)))
  }

  @Test func `HC's two generator kernels are its row of Table 2 cut in two`() throws {
    let shape = try LayerShape(tokens: 1, streams: 4, channels: 256)
    let rows = ConnectionRows(.hyper, shape, .deepSeekV4)
    let parts = try rows.rows(.project)[0].arithmetic + rows.rows(.coefficients)[0].arithmetic
    // n (n+2) C multiply-adds for θ, a square and a sum for each of nC, and its scaling: the projection alone.
    #expect(try rows.rows(.project)[0].arithmetic.additions == Double(4 * 6 * 256 + 4 * 256))
    let ledger = try #require(ConnectionLedger.of(.hyper, fusion: .unfused))
    let row = try #require(ledger.forward.operations.first { $0.name == "coefficients" })
    #expect(parts.flops == Double(try row.arithmetic.flops.evaluate(at: SymbolValues(shape, .deepSeekV4))))
  }

  @Test func `every case can be predicted, and names are told apart`() throws {
    var timer = try TimeRun(SyntheticMachine.rates(), anchors: [], room: Bytes(1 << 24))
    let cases = try TimeCases.all(quick: false).flatMap { $0 }
    #expect(cases.count >= 200)
    #expect(Set(cases.map(\.name)).count == cases.count)
    let byProfile = try TimeRun(SyntheticMachine.rates(), anchors: [])
    for timeCase in cases { #expect(try byProfile.prediction(timeCase).memory.value > 0, "\(timeCase.name)") }
    // A tiny one is run as well, predicted before it is measured.
    let shape = try LayerShape(tokens: 16, streams: 2, channels: 32)
    let tiny = TimeCase(
      subject: .forward, connection: .manifold, implementation: .fastest, shape: shape, format: .float32, team: .single)
    let row = try #require(try timer.rows([tiny]).first)
    #expect(row.predictedAs < row.measuredAs && row.samples.allSatisfy { $0.value > 0 })
  }
}
