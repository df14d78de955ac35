import LayerRuntime
import Quantities
import Testing

@testable import Measurement

/// Probes of rows add up the rows that they say, on whole numbers of which no two rows are alike: a sum that is taken for another, or a
/// row that is, counts as many multiply-adds.
@Suite struct `Sums of probes of rows` {
  private typealias Forms = `Probes of rows and of tall products`
  private static let tokens = 3

  /// What stands in row r of a tensor at channel c of a token.
  private static func first(_ t: Int, _ r: Int, _ c: Int) -> Int { (t + 3 * r + c) % 11 - 5 }
  private static func second(_ t: Int, _ r: Int, _ c: Int) -> Int { (2 * t + 5 * r + 3 * c) % 13 - 6 }
  private static func row(_ t: Int, _ c: Int) -> Int { (t + c) % 3 - 1 }

  /// The sums of a token: rows of one tensor with those of another, with one row, or with rows that are sums of either.
  private static func sums(_ traffic: RowTraffic, token t: Int) -> [Int] {
    let (n, channels) = (traffic.streams, 0..<traffic.channels)
    func sum(_ value: (Int) -> Int) -> Int { channels.reduce(0) { $0 + value($1) } }
    func all(_ value: (Int, Int, Int) -> Int, _ c: Int) -> Int { (0..<n).reduce(0) { $0 + value(t, $1, c) } }
    return (0..<traffic.sums).map { d in
      if traffic.streamReads == 1 { return sum { first(t, d % n, $0) * row(t, $0) } }
      if d < n * n { return sum { first(t, d % n, $0) * second(t, d / n, $0) } }
      if traffic.sums == n * n + n { return sum { first(t, d % n, $0) * row(t, $0) } }
      return d < n * n + n
        ? sum { second(t, d % n, $0) * all(first, $0) } : sum { first(t, d % n, $0) * all(second, $0) }
    }
  }

  /// Where there are fewer registers than sums, those that share one have equal parts of what is in it.
  private static func shared(_ sums: [Int], _ traffic: RowTraffic, _ variant: ProbeVariant) -> [Float] {
    let isOfFour = traffic.streams == 4 && traffic.streamReads == 2
    let haveAll = isOfFour && (traffic.sums > 20 || !variant.name.hasPrefix("avx512"))
    let most = haveAll ? sums.count : 16
    return sums.indices.map { d in
      let those = sums.indices.filter { $0 % most == d % most }
      return Float(those.reduce(0) { $0 + sums[$1] }) / Float(those.count)
    }
  }

  @Test(arguments: ProbeVariant.supported, [1, 2, 4, 8]) func `sums are of the rows that they say`(
    _ variant: ProbeVariant, _ n: Int
  ) throws {
    for traffic in Forms.forms(n) where traffic.sums > 0 && !traffic.isInPlace {
      let pass = Pass(.rows(traffic), tokens: Self.tokens, threads: 1)
      let buffer = try ProbeBuffer(PassProbe.bufferSize(pass))
      let step = pass.calls[0].steps[0]
      let place = PassLayout(pass).place(.rows(traffic), step.operands, buffer.base, thread: 0, token: 0)
      func floats(_ tensor: Int) -> UnsafeMutablePointer<Float> {
        place.tensors[tensor].assumingMemoryBound(to: Float.self)
      }
      let C = traffic.channels
      for t in 0..<Self.tokens {
        for (r, c) in (0..<n).flatMap({ r in (0..<C).map { (r, $0) } }) {
          floats(0)[(t * n + r) * C + c] = Float(Self.first(t, r, c))
          if traffic.streamReads > 1 { floats(1)[(t * n + r) * C + c] = Float(Self.second(t, r, c)) }
        }
        guard traffic.channelReads > 0 else { continue }
        for c in 0..<C { floats(traffic.streamReads + traffic.streamWrites)[t * C + c] = Float(Self.row(t, c)) }
      }
      let probe = try #require(PassProbe(pass, buffer: buffer, variant: variant, factor: 1))
      _ = try #require(probe.run(repetitions: 1))
      for t in 0..<Self.tokens {
        let found = (0..<traffic.sums).map { place.sums[t * traffic.sums + $0] }
        let expected = Self.shared(Self.sums(traffic, token: t), traffic, variant)
        for (one, other) in zip(found, expected) {
          #expect(abs(one - other) <= 1e-5 * max(1, abs(other)), "\(traffic.label), \(variant), token \(t)")
        }
      }
    }
  }
}
