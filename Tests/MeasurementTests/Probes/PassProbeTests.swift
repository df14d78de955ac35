import Quantities
import Testing

@testable import Measurement

/// Probes of rows and of tall products do as many multiply-adds as they say, on memory that holds ones: a number that is
/// written is then as large as what was added up for it, so that all that was written, added up, is the count.
@Suite struct `Probes of rows and of tall products` {
  private static let tokens = 9
  private static let channels = 64

  /// Every form that operations of a connection have, at each number of streams.
  static func forms(_ n: Int) -> [RowTraffic] {
    // Stream tensors and rows read, stream tensors and rows written, sums.
    let forms = [
      (1, 0, 0, 1, 0), (0, 1, 1, 0, 0), (1, 0, 1, 0, 0), (1, 1, 1, 0, 0), (2, 0, 1, 0, 0), (2, 1, 1, 1, n * n + n),
      (2, 1, 0, 1, n * n + n), (2, 0, 0, 2, n * n + 2 * n), (2, 0, 1, 0, n * n), (1, 1, 0, 1, n), (1, 1, 1, 0, n),
      (1, 1, 0, 0, n),
    ]
    // Two rows are made of up to four streams.
    var all = forms.filter { $0.3 < 2 || n <= 4 }.map { form in
      var traffic = RowTraffic(streams: n, channels: channels)
      (traffic.streamReads, traffic.channelReads) = (form.0, form.1)
      (traffic.streamWrites, traffic.channelWrites, traffic.sums) = (form.2, form.3, form.4)
      traffic.factors = form.2 * n
      return traffic
    }
    for (reads, channel, sums) in [(1, 1, n), (1, 0, 0)] {
      var traffic = RowTraffic(streams: n, channels: channels)
      (traffic.streamReads, traffic.channelReads, traffic.sums) = (reads, channel, sums)
      (traffic.streamWrites, traffic.isInPlace) = (1, true)
      all.append(traffic)
    }
    var streamed = all[3]
    streamed.isStreaming = true
    var ahead = all[5]
    ahead.fetchesAhead = true
    return all + [streamed, ahead]
  }

  /// Where two rows are made and summed with others, a number of them is n, not one: n more products of n sums each.
  private static func beyondOnes(_ traffic: RowTraffic) -> Int {
    traffic.channelWrites == 2 ? 2 * traffic.streams * (traffic.streams - 1) * channels : 0
  }

  /// How much more there is in a buffer of ones after one pass.
  private static func added(_ buffer: ProbeBuffer, _ probe: any Probe) throws -> Double {
    buffer.reset(floats: buffer.size.count / 4)
    let before = total(buffer)
    _ = try #require(probe.run(repetitions: 1))
    return total(buffer) - before
  }
  private static func total(_ buffer: ProbeBuffer) -> Double {
    buffer.values(0..<buffer.size.count / 4).reduce(0) { $0 + Double($1) }
  }

  @Test(arguments: ProbeVariant.supported, [1, 2, 4, 8]) func `rows take the multiply-adds that they say`(
    _ variant: ProbeVariant, _ n: Int
  ) throws {
    for traffic in Self.forms(n) {
      let pass = Pass(.rows(traffic), tokens: Self.tokens + 3, threads: 1)
      let buffer = try ProbeBuffer(PassProbe.bufferSize(pass))
      for threads in [1, 2] {
        let probe = try #require(
          PassProbe(
            .init(.rows(traffic), tokens: Self.tokens, threads: threads), buffer: buffer, variant: variant, factor: 1),
          "\(traffic.label)")
        // What is written in place was one before, and stays in the sum.
        let rows = (traffic.isInPlace ? 0 : traffic.streamWrites * n) + traffic.channelWrites
        let replaced = Double(Self.tokens * (rows * Self.channels + traffic.sums))
        let found = try Self.added(buffer, probe) + replaced
        // Number by number two tensors are added: one is a product by 1 that is not done.
        let isSum = traffic.channelReads == 0 && traffic.sums == 0 && traffic.streamReads == 2
        let counted = Double(Self.tokens * (traffic.multiplyAdds.count + Self.beyondOnes(traffic)))
        #expect(found == (isSum ? 2 * counted : counted), "\(traffic.label), \(variant), \(threads) threads")
      }
    }
  }

  /// All gradients of a tile, which leave rows side by side, and the product that begins with those.
  private static func staged(_ n: Int, channels: Int = channels) -> (RowTraffic, SkinnyProduct) {
    var traffic = RowTraffic(streams: n, channels: channels)
    (traffic.streamReads, traffic.streamWrites, traffic.sums) = (2, 1, n * n + 2 * n)
    traffic.factors = traffic.sums
    return (
      traffic,
      SkinnyProduct(
        .staged, rows: 1, inputs: n * channels, outputs: n * n + 2 * n, streams: n, channels: channels, slice: 32,
        isBFloat16: false)
    )
  }

  @Test(arguments: ProbeVariant.supported) func `rows side by side and products of them take what they say`(
    _ variant: ProbeVariant
  ) throws {
    // Two threads with a tile and a rest each.
    let (tokens, C) = (2 * 21, Self.channels)
    for n in [1, 2, 4] {
      let (traffic, product) = Self.staged(n)
      let rows = Pass.Step(.movement(.rows(traffic)), ["x", "g", "sums"].map { Pass.Operand($0) })
      let pass = Pass([.init([rows], tile: 16)], tokens: tokens, threads: 2, local: ["sums"])
      let buffer = try ProbeBuffer(PassProbe.bufferSize(pass))
      let probe = try #require(PassProbe(pass, buffer: buffer, variant: variant, factor: 1))
      // A row that is a mix of n ones is n: n² sums of ones, 2 n of n; n rows of n + n for every token, of which a thread has two
      // tiles at a time.
      let sums = Double(tokens * (n * n * (C - 1) + 2 * n * (n * C - 1)))
      #expect(try Self.added(buffer, probe) == sums + Double(tokens * n * C * (2 * n - 1)), "\(variant), \(n)")
      #expect(traffic.multiplyAdds == Elements(C * (n + n + n * (n + 1) + n * n + 2 * n)))
      #expect(traffic.bytesOfToken == Bytes(4 * (2 * n * C + n * C) + 64))

      guard n == 4 else { continue }
      for streaming in [false, true] {
        var product = product
        product.isStreaming = streaming
        let step = Pass.Step(.movement(.product(product)), ["x", "dx", "g", "sums"].map { Pass.Operand($0) })
        let pass = Pass([.init([step], tile: 16)], tokens: tokens, threads: 2, local: ["sums"])
        let buffer = try ProbeBuffer(PassProbe.bufferSize(pass))
        let probe = try #require(PassProbe(pass, buffer: buffer, variant: variant, factor: 1))
        // Beside its products and its row of x a number of dx has the one that stands in sums instead of the one it was.
        #expect(try Self.added(buffer, probe) == Double(tokens * product.multiplyAdds.count), "\(variant)")
      }
    }
  }

  @Test(arguments: ProbeVariant.supported, [64, 1056]) func `rows of the next tile are walked beside products`(
    _ variant: ProbeVariant, _ C: Int
  ) throws {
    // Two threads with two tiles and a rest each; rows of 1056 channels are walked between strips, of 64 after them.
    let (tokens, n) = (2 * 37, 4)
    let traffic: RowTraffic
    var product: SkinnyProduct
    (traffic, product) = Self.staged(n, channels: C)
    product.walksBeside = true
    let steps = [
      Pass.Step(.movement(.rows(traffic)), ["x", "g", "sums"].map { Pass.Operand($0) }),
      Pass.Step(.movement(.product(product)), ["x", "dx", "g", "sums"].map { Pass.Operand($0) }),
    ]
    func pass(_ steps: [Pass.Step]) -> Pass {
      Pass([.init(steps, tile: 16)], tokens: tokens, threads: 2, local: ["sums"])
    }
    let buffer = try ProbeBuffer(PassProbe.bufferSize(pass(steps)))
    let probe = try #require(PassProbe(pass(steps), buffer: buffer, variant: variant, factor: 1))
    // As many as by themselves, and every number of dx begins with n + n instead of one; two tiles of sums of each thread stay.
    let sums = tokens * (n * n * (C - 1) + 2 * n * (n * C - 1))
    let staged = (tokens + 2 * 2 * 16) * n * C * (2 * n - 1)
    #expect(try Self.added(buffer, probe) == Double(sums + staged + tokens * product.multiplyAdds.count))
    // What would be walked has to be there.
    #expect(PassProbe(pass([steps[1]]), buffer: buffer, variant: variant) == nil)
    product.pass = .mixed
    let mixed = Pass.Step(.movement(.product(product)), ["x", "dx", "g", "du"].map { Pass.Operand($0) })
    #expect(PassProbe(pass([steps[0], mixed]), buffer: buffer, variant: variant) == nil)
  }

  @Test func `rows side by side are those of one tile`() throws {
    let (traffic, product) = Self.staged(4)
    let buffer = try ProbeBuffer(Bytes(1 << 20))
    func isKnown(_ movement: Movement, _ names: [String], tile: Int?, local: Set<String>) -> Bool {
      let step = Pass.Step(.movement(movement), names.map { Pass.Operand($0) })
      return PassProbe(Pass([.init([step], tile: tile)], tokens: 20, threads: 1, local: local), buffer: buffer) != nil
    }
    for (movement, names) in [
      (Movement.rows(traffic), ["x", "g", "sums"]), (.product(product), ["x", "dx", "g", "sums"]),
    ] {
      #expect(isKnown(movement, names, tile: 16, local: ["sums"]))
      #expect(!isKnown(movement, names, tile: 16, local: []))
      #expect(!isKnown(movement, names, tile: 8, local: ["sums"]))
      #expect(!isKnown(movement, names, tile: nil, local: ["sums"]))
    }
    var halves = product
    halves.isBFloat16 = true
    #expect(!isKnown(.product(halves), ["x", "dx", "g", "sums"], tile: 16, local: ["sums"]))
  }

  @Test(arguments: ProbeVariant.supported) func `bfloat16 has every form of float32`(_ variant: ProbeVariant) throws {
    let buffer = try ProbeBuffer(Bytes(1 << 20))
    for traffic in [1, 2, 4, 8].flatMap({ Self.forms($0) }) {
      var traffic = traffic
      traffic.isBFloat16 = true
      let pass = Pass(.rows(traffic), tokens: 4, threads: 1)
      let probe = try #require(PassProbe(pass, buffer: buffer, variant: variant))
      #expect(probe.run(repetitions: 2) != nil)
    }
  }

  @Test func `forms and sizes that no probe has are refused`() throws {
    let buffer = try ProbeBuffer(Bytes(1 << 16))
    var three = RowTraffic(streams: 3, channels: 64)
    (three.streamReads, three.channelWrites) = (1, 1)
    #expect(PassProbe(.init(.rows(three), tokens: 4, threads: 1), buffer: buffer) == nil)
    var joined = RowTraffic(streams: 8, channels: 64)
    (joined.streamReads, joined.channelWrites, joined.sums) = (2, 2, 80)
    #expect(PassProbe(.init(.rows(joined), tokens: 4, threads: 1), buffer: buffer) == nil)
    var odd = RowTraffic(streams: 4, channels: 65)
    (odd.streamReads, odd.channelWrites) = (1, 1)
    #expect(PassProbe(.init(.rows(odd), tokens: 4, threads: 1), buffer: buffer) == nil)
    var large = RowTraffic(streams: 4, channels: 64)
    (large.streamReads, large.channelWrites) = (1, 1)
    #expect(PassProbe(.init(.rows(large), tokens: 1 << 20, threads: 1), buffer: buffer) == nil)
    #expect(PassProbe(.init(.rows(large), tokens: 4, threads: 1), buffer: buffer) != nil)
    // A strip of 32 columns would end beyond its row.
    for (slice, isRefused) in [(16, true), (48, true), (32, false)] {
      let product = SkinnyProduct(
        .backward(accumulates: true), rows: 1, inputs: 64, outputs: 3, streams: 1, channels: 64, slice: slice,
        isBFloat16: false)
      #expect((PassProbe(.init(.product(product), tokens: 4, threads: 1), buffer: buffer) == nil) == isRefused)
    }
  }

  /// mHC's shape, where a token is one row, and HC's, where it is n.
  private static func products(_ n: Int) -> [SkinnyProduct] {
    [(1, n * channels, n * n + 2 * n), (n, channels, n + 2)].flatMap { rows, inputs, outputs in
      [SkinnyProduct.Pass.forward, .backward(accumulates: true), .backward(accumulates: false), .mixed].map {
        SkinnyProduct(
          $0, rows: rows, inputs: inputs, outputs: outputs, streams: n, channels: channels, slice: 32, isBFloat16: false
        )
      }
    }
  }

  @Test(arguments: ProbeVariant.supported, [1, 2, 4, 8]) func `tall products take the multiply-adds that they say`(
    _ variant: ProbeVariant, _ n: Int
  ) throws {
    for product in Self.products(n) {
      for streaming in product.pass == .mixed ? [false, true] : [false] {
        var product = product
        product.isStreaming = streaming
        // More than two tiles of eight rows and a rest.
        let tokens = 19
        let buffer = try ProbeBuffer(PassProbe.bufferSize(Pass(.product(product), tokens: tokens, threads: 2)))
        let probe = try #require(
          PassProbe(
            .init(.product(product), tokens: tokens, threads: 2), buffer: buffer, variant: variant, factor: 1))
        let replaced =
          product.pass == .forward
          ? product.rows * (product.outputs + 1)
          : product.pass == .backward(accumulates: true) ? 0 : n * Self.channels
        // The factors are ones already.
        let found = try Self.added(buffer, probe) + Double(tokens * replaced)
        #expect(found == Double(tokens * product.multiplyAdds.count), "\(product.label), \(variant)")
      }
    }
  }
}
