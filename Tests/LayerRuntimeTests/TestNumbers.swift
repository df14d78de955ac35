import LayerRuntime

/// Room for the largest case of these tests, and not much more.
///
/// The address sanitizer marks an arena's whole range when it is made and when it goes, a byte for every eight. With 1 GiB
/// that was a tenth of a second, two thousand times over.
let testArenaBytes = 1 << 25

/// Reproducible random numbers: SplitMix64.
struct TestNumbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in (−1, 1), held exactly by float32 and, if asked for, by bfloat16.
  mutating func uniform(bfloat16: Bool = false) -> Double {
    let bits = bfloat16 ? 7 : 23
    let steps = Double(1 << bits)
    return (Double(next() >> (64 - UInt64(bits))) + 0.5) / steps * 2 - 1
  }

  /// About normal: a sum of twelve uniforms, rounded to float32.
  mutating func normal() -> Double {
    Double(Float((0..<12).reduce(0.0) { sum, _ in sum + uniform() } / 2))
  }

  mutating func normals(_ count: Int, scale: Double = 1) -> [Double] {
    (0..<count).map { _ in Double(Float(normal() * scale)) }
  }
}

/// A connection's inputs of reasonable size: logits of standard deviation about `logits`.
struct TestCase {
  var kind: ConnectionKind
  var shape: LayerShape
  var convention: Convention
  var x, phi, alpha, bias, gradNext: [Double]

  init(
    _ kind: ConnectionKind, tokens: Int, streams: Int, channels: Int, _ convention: Convention = .deepSeekV4,
    seed: UInt64 = 1, logits: Double = 1
  ) throws {
    var numbers = TestNumbers(seed: seed)
    self.kind = kind
    self.convention = convention
    shape = try LayerShape(tokens: tokens, streams: streams, channels: channels)
    x = numbers.normals(tokens * streams * channels)
    gradNext = numbers.normals(tokens * streams * channels)
    (phi, alpha, bias) = ([], [], [])
    if let sizes = ConnectionSizes(kind, shape) {
      phi = numbers.normals(sizes.weights, scale: 1 / Double(sizes.inputs).squareRoot())
      alpha = [0.9 * logits, 1.1 * logits, logits].map { Double(Float($0)) }
      bias = numbers.normals(sizes.coefficients, scale: 0.3)
    }
  }

  /// The reference with these inputs, run forward and backward around a layer function, or F(u) = u.
  func reference(_ function: CallerFunction? = nil) throws -> ReferenceConnection<Double> {
    let reference = try ReferenceConnection<Double>(
      kind, shape, convention, x: x, phi: phi, alpha: alpha, bias: bias, gradNext: gradNext)
    reference.run(reference.rowsBeforeLayer)
    let u = reference.made["u"]?.doubles ?? x
    for (index, value) in (function?.forward(u) ?? u).enumerated() { reference.y[index] = value }
    reference.run(reference.rowsAfterLayer)
    reference.run(reference.backwardRowsBeforeLayer)
    let gradY = reference.made["grad y"]?.doubles ?? gradNext
    let gradU = function?.backward(u: u, gradY: gradY).u ?? gradY
    for (index, value) in gradU.enumerated() { reference.gradU[index] = value }
    reference.run(reference.backwardRowsAfterLayer)
    return reference
  }
}

/// The largest difference over the largest magnitude expected; infinite where lengths or NaNs differ.
func relativeError(_ found: [Double], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  var (difference, magnitude) = (0.0, 0.0)
  for (one, other) in zip(found, expected) {
    let distance = abs(one - other)
    guard distance.isFinite else { return .infinity }
    difference = max(difference, distance)
    magnitude = max(magnitude, abs(other))
  }
  return magnitude == 0 ? difference : difference / magnitude
}
