import CostModel
import LayerRuntime
import Quantities
import Testing

@testable import Measurement

/// What steps of a pass leave behind is what was asked of them, computed here in double precision.
@Suite struct `Steps of a pass` {
  /// The floats of one tensor after a pass over a buffer of ones; it is the pass's only one beside those named before it.
  private static func run(_ pass: Pass, _ name: String, _ count: Int, variant: ProbeVariant = .best) throws -> [Float] {
    let buffer = try ProbeBuffer(PassProbe.bufferSize(pass))
    buffer.reset(floats: buffer.size.count / 4)
    let probe = try #require(PassProbe(pass, buffer: buffer, variant: variant, factor: 1))
    _ = try #require(probe.run(repetitions: 1))
    let address = PassLayout(pass).address(.init(name), UnsafeMutableRawPointer(buffer.base))
    let first = (address - UnsafeMutableRawPointer(buffer.base)) / 4
    return buffer.values(first..<first + count)
  }

  @Test(arguments: ProbeVariant.supported, [(0, 1), (1, 1), (2, 1), (2, 2), (3, 2)])
  func `elementwise passes do the arithmetic that they say`(_ variant: ProbeVariant, _ arrays: (Int, Int)) throws {
    // Two threads with a granule each, the second not whole.
    let count = 1024 + 96
    for (exponentials, multiplyAdds) in [(0, 0), (0, 3), (1, 0), (1, 14)] {
      var work = ElementwisePass(count: count, reads: arrays.0, writes: arrays.1)
      (work.exponentials, work.multiplyAdds) = (exponentials, multiplyAdds)
      let names = (0..<arrays.0 + arrays.1).map { Pass.Operand("\($0)") }
      let pass = Pass([Pass.Call([Pass.Step(.each(work), names)])], tokens: 2, threads: 2)
      // All that is read is one; without anything read, a half.
      var expected = arrays.0 == 0 ? 0.5 : Double(arrays.0)
      if exponentials > 0 { expected = 1 / (1 + exponential(expected)) }
      for _ in 0..<multiplyAdds { expected = expected * 0.5 + 0.5 }
      for written in 0..<arrays.1 {
        let found = try Self.run(pass, "\(arrays.0 + written)", count, variant: variant)
        let wanted = expected + 0.5 * Double(written)
        #expect(found.allSatisfy { abs(Double($0) - wanted) < 1e-6 * wanted }, "\(work.label), \(variant)")
      }
    }
  }

  /// e^x for small x by its series: no function of the library that is tested.
  private func exponential(_ x: Double) -> Double {
    var (sum, term) = (1.0, 1.0)
    for k in 1..<40 {
      term *= x / Double(k)
      sum += term
    }
    return sum
  }

  @Test(.enabled(if: OpenBLAS.isAvailable)) func `products of ones are as many as are summed over`() throws {
    let shape = try #require(ProductShape(rows: 40, columns: 24, inner: 16, form: .leftTransposed))
    // The left factor is stored as its transpose, the result adds to ones and has rows of 32.
    let product = MatrixProduct(
      shape, left: .init(stride: 40, isTransposed: true), right: .init(stride: 24), result: .init(stride: 32),
      adds: true)
    let step = Pass.Step(.product(product), [.init("left"), .init("right"), .init("result", offset: 64)])
    let pass = Pass([Pass.Call([step])], tokens: 2, threads: 2)
    let found = try Self.run(pass, "result", 16 + 40 * 32)
    // 16 products of ones over the root of 16, and the one that was there.
    for row in 0..<40 {
      for column in 0..<32 {
        let at = 16 + row * 32 + column
        if column < 24 { #expect(found[at] == 5) } else if row < 39 { #expect(found[at] == 1) }
      }
    }
  }

  @Test func `a call begins when the one before has ended on all threads`() throws {
    let count = 64 * 1024
    var twice = ElementwisePass(count: count, reads: 2, writes: 1)
    twice.multiplyAdds = 0
    // b = a + a on one thread, then c = b + b on both, then d = c on one: the second thread would be too early, then late.
    let calls = [
      Pass.Call([Pass.Step(.each(twice), [.init("a"), .init("a"), .init("b")])], isSerial: true),
      Pass.Call([Pass.Step(.each(twice), [.init("b"), .init("b"), .init("c")])]),
      Pass.Call([Pass.Step(.copy(Bytes(4 * count)), [.init("c"), .init("d")])], isSerial: true),
    ]
    let found = try Self.run(Pass(calls, tokens: 2, threads: 2), "d", count)
    #expect(found.allSatisfy { $0 == 4 })
  }

  @Test(arguments: ProbeVariant.supported, [(false, false), (true, false), (false, true), (true, true)])
  func `rows are mixed beside products, tile by tile`(
    _ variant: ProbeVariant, _ form: (isStreaming: Bool, isBFloat16: Bool)
  ) throws {
    var product = SkinnyProduct(
      .forward, rows: 1, inputs: 256, outputs: 24, streams: 4, channels: 64, slice: 32, isBFloat16: form.isBFloat16)
    (product.mixesBeside, product.isStreaming) = (true, form.isStreaming)
    // Two threads with two tiles and a rest each: what is beside the last product comes after it.
    let (tokens, tile) = (2 * 37, 16)
    let names = ["x", "x'", "u"].map { Pass.Operand($0) }
    let pass = Pass(
      [Pass.Call([Pass.Step(.movement(.product(product)), names)], tile: tile)], tokens: tokens, threads: 2,
      local: ["u"])
    // A row of ones times four ones is 4, and with four ones beside it 8. A float of one is a zero and a one of bfloat16.
    let found = try Self.run(pass, "x'", tokens * (form.isBFloat16 ? 128 : 256), variant: variant)
    #expect(found.allSatisfy { $0 == 8 })
    let rows = try Self.run(pass, "u", 2 * tile * 64, variant: variant)
    // Only what goes by strips needs the row again, and writes it: that of a thread's first token, for all of them.
    let first: Float = variant.name != "avx512" && form.isStreaming && !form.isBFloat16 ? 4 : 1
    for channel in 0..<64 {
      #expect(rows[channel] == first && rows[tile * 64 + channel] == first && rows[64 + channel] == 1)
    }
    // Products a token, its squares, and 1 + 4 (1 + 4) multiply-adds of every channel beside them.
    #expect(product.multiplyAdds == Elements(256 * 24 + 256 + 64 * (4 + 4 * 5)))
  }

  @Test func `steps that no probe has are refused`() throws {
    let buffer = try ProbeBuffer(Bytes(1 << 20))
    func refuses(_ step: Pass.Step) -> Bool {
      PassProbe(Pass([Pass.Call([step])], tokens: 1, threads: 1), buffer: buffer) == nil
    }
    let two = [Pass.Operand("a"), Pass.Operand("b")]
    #expect(!refuses(Pass.Step(.each(ElementwisePass(count: 64, reads: 1, writes: 1)), two)))
    #expect(refuses(Pass.Step(.each(ElementwisePass(count: 64, reads: 0, writes: 2)), two)))
    #expect(refuses(Pass.Step(.each(ElementwisePass(count: 64, reads: 1, writes: 1)), [two[0]])))
    #expect(refuses(Pass.Step(.each(ElementwisePass(count: -1, reads: 1, writes: 1)), two)))
    #expect(refuses(Pass.Step(.each(ElementwisePass(count: 1 << 30, reads: 1, writes: 1)), two)))
    #expect(refuses(Pass.Step(.copy(Bytes(64)), [two[0], Pass.Operand("b", offset: 4)])))
    #expect(refuses(Pass.Step(.copy(Bytes(-64)), two)))
    #expect(PassProbe(Pass([], tokens: 1, threads: 1), buffer: buffer) == nil)
    // Rows are mixed beside a product of four streams, and of nothing else.
    for (streams, isBFloat16) in [(4, false), (2, false), (4, true), (2, true)] {
      var product = SkinnyProduct(
        .forward, rows: 1, inputs: streams * 64, outputs: 8, streams: streams, channels: 64, slice: 32,
        isBFloat16: isBFloat16)
      product.mixesBeside = true
      let step = Pass.Step(.movement(.product(product)), two + [Pass.Operand("c")])
      #expect(refuses(step) == (streams != 4))
    }
  }

  @Test(arguments: ProbeVariant.supported) func `columns take the multiply-adds that they say`(
    _ variant: ProbeVariant
  ) throws {
    // Twelve columns in fours: two of them are beside the matrix of six.
    var work = ColumnWork(reads: [6, 4], writes: [8])
    work.multiplyAdds = 12 + 3
    let buffer = try ProbeBuffer(ColumnProbe.bufferSize(work, tokens: 40, threads: 1))
    buffer.fill(0..<buffer.size.count / 4, with: 3)
    let probe = try #require(ColumnProbe(work, tokens: 40, threads: 1, buffer: buffer, variant: variant))
    _ = try #require(probe.run(repetitions: 1))
    let first = (6 * 40 + 4 + 15) / 16 * 16 + (4 * 40 + 4 + 15) / 16 * 16
    let found = buffer.values(first..<first + 8 * 32)
    // 3 becomes 2, and the first three columns 1.5 after that; what is left of sixteens is not touched.
    #expect(buffer.values(first + 8 * 32..<first + 8 * 40).allSatisfy { $0 == 3 })
    for token in 0..<32 {
      #expect(Array(found[token * 8..<token * 8 + 8]) == [1.5, 1.5, 1.5, 2, 2, 2, 2, 2])
    }
    #expect(ColumnProbe(ColumnWork(reads: [], writes: [1]), tokens: 64, threads: 1, buffer: buffer) == nil)
    #expect(
      ColumnProbe(ColumnWork(reads: [641], writes: [1]), tokens: 64, threads: 1, buffer: buffer) == nil)
  }

  @Test(arguments: ProbeVariant.supported) func `lines of a matrix are divided by their sums, and restored`(
    _ variant: ProbeVariant
  ) throws {
    // Two by two numbers that are all 3 become exponentials that are alike; columns and rows of halves have sums of 1.
    var work = ColumnWork(reads: [4, 4], writes: [4])
    (work.side, work.divided) = (2, 4)
    let buffer = try ProbeBuffer(ColumnProbe.bufferSize(work, tokens: 16, threads: 1))
    let row = (4 * 16 + 4 + 15) / 16 * 16
    func run(_ work: ColumnWork) throws -> [Float] {
      buffer.fill(0..<buffer.size.count / 4, with: 3)
      for token in 0..<16 { buffer.fill(row + 4 * token..<row + 4 * token + 1, with: 7) }
      let probe = try #require(ColumnProbe(work, tokens: 16, threads: 1, buffer: buffer, variant: variant))
      _ = try #require(probe.run(repetitions: 1))
      return buffer.values(2 * row..<2 * row + 4)
    }
    for number in try run(work) { #expect(abs(number - 0.5) < 1e-6) }
    // Sums are raised by 0.5: of numbers m that are alike one line after the other becomes m / (2 m + 0.5).
    work.isRaised = true
    let raised = (0..<4).reduce(Float(20.085537)) { number, _ in number / (2 * number + 0.5) }
    for number in try run(work) { #expect(abs(number - raised) < 1e-6) }
    work.isRaised = false
    // Derivatives take the mean of every line away, however often: of 7, 3, 3, 3 are left 1, -1, -1, 1, over e³, whose lines were
    // divided by 2 e³ first.
    work.isRestored = true
    let exponential = Float(20.085537)
    for (found, left) in zip(try run(work), [1, -1, -1, 1] as [Float]) {
      #expect(abs(found - left / (2 * exponential)) < 1e-6)
    }
    work.divided = 129
    #expect(ColumnProbe(work, tokens: 64, threads: 1, buffer: buffer) == nil)
    (work.divided, work.reads) = (4, [4, 6])
    #expect(ColumnProbe(work, tokens: 64, threads: 1, buffer: buffer) == nil)
  }
}
