import CMHCKernels
import LayerRuntime
import Testing

/// Streams in bfloat16, everything else and every sum in float32.
@Suite struct BFloat16Tests {
  /// Half a unit in the last place of 1, with the 8 significant bits of bfloat16.
  static let rounding = 0x1p-8

  @Test(arguments: [(33, 4, 40), (18, 2, 16), (20, 4, 64), (5, 1, 7), (9, 3, 301), (19, 8, 544)])
  func `results are the reference's, rounded once for every time a stream is stored`(_ size: (Int, Int, Int)) throws {
    var test = try TestCase(.manifold, tokens: size.0, streams: size.1, channels: size.2)
    var numbers = TestNumbers(seed: 11)
    // Inputs that bfloat16 holds exactly, so that only results are rounded.
    test.x = test.x.map { _ in numbers.uniform(bfloat16: true) }
    test.gradNext = test.gradNext.map { _ in numbers.uniform(bfloat16: true) }
    let expected = try FastConnectionTests.expected(test)
    for choice in FastConnectionTests.choices {
      let found = try FastConnectionTests.found(test, choice, format: .bfloat16)
      for (name, values) in expected {
        // res and post, then their sum; three parts of the gradient and two sums; coefficients are not stored so.
        let roundings: Double =
          switch name {
          case "x'": choice.implementation == .unfused ? 3 : 1
          case "grad x": choice.implementation == .unfused ? 5 : 3
          default: 0
          }
        let tolerance = roundings * Self.rounding + 1e-5
        #expect(relativeError(found[name] ?? [], values) <= tolerance, "\(name), \(choice.testDescription)")
      }
    }
  }

  @Test func `every variant rounds as the rule says, bit for bit`() throws {
    // Every upper half of a float32 with lower halves about the middle between two bfloat16: signs, infinities, NaNs.
    let lower: [UInt32] = [0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF]
    let bits = (UInt32(0)...0xFFFF).flatMap { upper in lower.map { upper << 16 | $0 } }
    let values = bits.map { Float(bitPattern: $0) }
    let zeros = [UInt16](repeating: 0, count: values.count)
    var found = zeros
    var count = 0
    let tables = try #require(mhck_variants(&count))
    for table in (0..<count).compactMap({ tables[$0]?.pointee }) where table.is_supported() != 0 {
      table.bf16.residual(zeros, values, values.count, &found, 0)
      let name = String(cString: table.name)
      let wrong = bits.indices.filter { index in
        let (value, made) = (values[index], found[index])
        // 0 + −0 is 0, and a processor that rounds takes what is below 2⁻¹²⁶ for zero.
        if value == 0 || (name.hasPrefix("avx512-bf16") || name == "avx512-amx") && value.isSubnormal {
          return made & 0x7FFF != 0
        }
        if value.isNaN { return made != UInt16(bits[index] >> 16) | 0x40 }
        let (down, half) = (bits[index] >> 16, bits[index] & 0xFFFF)
        let up = half > 0x8000 || half == 0x8000 && down % 2 == 1
        return made != UInt16(down + (up ? 1 : 0))
      }
      #expect(wrong.isEmpty, "\(name): \(wrong.prefix(3).map { String(bits[$0], radix: 16) })")
    }
  }

  @Test func `stores round to nearest, ties to even, and keep what is no number`() throws {
    let arena = try Arena(capacityBytes: 1 << 20)
    let shape = try LayerShape(tokens: 1, streams: 1, channels: 5)
    for variant in KernelVariant.supported {
      // x + y by the residual's kernel: 1 + 2⁻⁸ is halfway between 1 and 1 + 2⁻⁷, 1 + 3·2⁻⁸ between that and 1 + 2⁻⁶.
      let layer = try ConnectionLayer(
        .residual, shape, .paper, .fused, format: .bfloat16, variant: variant, arena: arena)
      let (x, next) = (
        try Streams(arena, .transient, shape, .bfloat16), try Streams(arena, .transient, shape, .bfloat16)
      )
      defer {
        x.release()
        next.release()
      }
      try x.set([1, -1.0078125, .infinity, .nan, 3e38])
      // F(u) = u: every result is 2 x.
      try layer.forwardIdentity(x: x, next: next)
      #expect(next[0] == 2 && next[1] == -2.015625 && next[2] == .infinity && next[3].isNaN && next[4] == .infinity)
    }
    let one = try Streams(arena, .transient, shape, .bfloat16)
    try one.set([1 + 0x1p-8, 1 + 3 * 0x1p-8, 1 + 0x1p-8 + 0x1p-20, .nan, 0x1p-140])
    let expected: [Float] = [1, 1 + 0x1p-6, 1 + 0x1p-7]
    #expect(Array(one.values[..<3]) == expected)
    #expect(one[3].isNaN)
  }
}
