import LayerRuntime
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The reference itself, against numbers worked out by hand and against differences.
@Suite struct ReferenceTests {
  /// The smallest mHC connection, by hand.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (7), (8), §4.2; Eq. (14) to (19), §4.3.1.
  @Test func `one stream without eps: H_res is 1, H_pre a sigmoid, H_post twice one`() throws {
    // n = 1, C = 1, x = 3: r = 3, so the projections are φ · 3 / 3 = φ.
    let shape = try LayerShape(tokens: 1, streams: 1, channels: 1)
    let connection = try ReferenceConnection<Double>(
      .manifold, shape, .paper, x: [3], phi: [0.5, -1, 2], alpha: [2, 1, 1], bias: [0, 0.25, 5])
    connection.run([.coefficients, .preMix])
    #expect(abs(connection.made["H_pre"]!.doubles[0] - 1 / (1 + exp(-1))) < 1e-15)
    #expect(abs(connection.made["H_post"]!.doubles[0] - 2 / (1 + exp(0.75))) < 1e-15)
    #expect(connection.made["H_res"]!.doubles == [1])
    #expect(abs(connection.made["u"]!.doubles[0] - 3 / (1 + exp(-1))) < 1e-15)
  }

  /// The one doubly stochastic matrix that scaling leads to, in closed form.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (6), §4.1; Eq. (8), (9), §4.2; Eq. (19), §4.3.1.
  @Test func `Sinkhorn-Knopp of a 2 by 2 matrix comes to the symmetric one with the same odds`() throws {
    // Doubly stochastic 2×2 matrices are [p, 1−p; 1−p, p]; scaling keeps (ad)/(bc), so p² / (1−p)² = e^(a+d−b−c).
    let logits = [0.7, -0.4, 0.1, 0.9]
    let odds = exp((0.7 + 0.9 + 0.4 - 0.1) / 2)
    let p = odds / (1 + odds)
    let shape = try LayerShape(tokens: 1, streams: 2, channels: 1)
    for (name, convention) in Convention.named where name != "megatron" {
      let connection = try ReferenceConnection<Double>(
        .manifold, shape, convention, x: [1, 1], phi: [Double](repeating: 0, count: 16), alpha: [0, 0, 0],
        bias: [0, 0, 0, 0] + logits)
      connection.run(.coefficients)
      let found = connection.made["H_res"]!.doubles
      let expected = [p, 1 - p, 1 - p, p]
      #expect(found.indices.allSatisfy { abs(found[$0] - expected[$0]) < 5e-6 }, "\(name): \(found)")
    }
  }

  /// What is divided by its columns' sums first does not change with a column's logits together.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (9), §4.2.
  @Test func `a column far below the other is the same after Sinkhorn-Knopp`() throws {
    let shape = try LayerShape(tokens: 1, streams: 2, channels: 1)
    func mixing(_ logits: [Double]) throws -> [Double] {
      let connection = try ReferenceConnection<Double>(
        .manifold, shape, .paper, x: [1, 1], phi: [Double](repeating: 0, count: 16), alpha: [0, 0, 0],
        bias: [0, 0, 0, 0] + logits)
      connection.run(.coefficients)
      return connection.made["H_res"]!.doubles
    }
    let near = try mixing([0.75, -0.5, 0.125, 1])
    let far = try mixing([0.75, -800.5, 0.125, -799])
    #expect(zip(near, far).allSatisfy { abs($0 - $1) < 1e-14 }, "\(near) \(far)")
  }

  /// H_res x with the indices of the paper's text, and with the others.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (3), §3.
  @Test func `the orientation says which index is the output`() throws {
    let shape = try LayerShape(tokens: 1, streams: 2, channels: 1)
    for orientation in Orientation.allCases {
      var convention = Convention.paper
      convention.orientation = orientation
      convention.iterations = 1
      let connection = try ReferenceConnection<Double>(
        .manifold, shape, convention, x: [1, 2], phi: [Double](repeating: 0, count: 16), alpha: [0, 0, 0],
        bias: [0, 0, 0, 0, 0, 3, 0, 0], y: [0])
      connection.run([.coefficients, .resMix])
      let H = connection.made["H_res"]!.doubles
      let expected =
        orientation == .outputByInput
        ? [H[0] * 1 + H[1] * 2, H[2] * 1 + H[3] * 2] : [H[0] * 1 + H[2] * 2, H[1] * 1 + H[3] * 2]
      #expect(H[1] != H[2] && connection.made["res"]!.doubles == expected)
    }
  }

  /// One stream of HC, by hand.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (5), §3.
  @Test func `HC of one stream is what Eq. 5 says`() throws {
    // C = 2, x = (3, 4): r = √12.5; θ_pre = (1, 0), θ_post = (0, 1), θ_res = (1, 1).
    let shape = try LayerShape(tokens: 1, streams: 1, channels: 2)
    let connection = try ReferenceConnection<Double>(
      .hyper, shape, .paper, x: [3, 4], phi: [1, 0, 0, 1, 1, 1], alpha: [0.1, 0.2, 0.3], bias: [1, 2, 3])
    connection.run(.coefficients)
    let r = 12.5.squareRoot()
    #expect(abs(connection.made["H_pre"]!.doubles[0] - (0.1 * tanh(3 / r) + 1)) < 1e-15)
    #expect(abs(connection.made["H_post"]!.doubles[0] - (0.2 * tanh(4 / r) + 2)) < 1e-15)
    #expect(abs(connection.made["H_res"]!.doubles[0] - (0.3 * tanh(7 / r) + 3)) < 1e-15)
  }

  @Test(arguments: Convention.named.map(\.name), [ConnectionKind.manifold, .hyper])
  func `every gradient is the central difference of the loss`(_ name: String, _ kind: ConnectionKind) throws {
    let convention = try #require(Convention.named.first { $0.name == name }).convention
    let test = try TestCase(kind, tokens: 2, streams: 3, channels: 3, convention, seed: 9, logits: 2)
    let reference = try test.reference()
    let found = ["grad x", "grad phi", "grad alpha", "grad b"].flatMap { reference.made[$0]!.doubles }
    let inputs = test.x + test.phi + test.alpha + test.bias
    // The loss is Σ x' · ∂x', with F(u) = u.
    func loss(_ index: Int, _ step: Double) throws -> Double {
      var values = inputs
      values[index] += step
      var moved = test
      var rest = values[...]
      func take(_ count: Int) -> [Double] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      (moved.x, moved.phi) = (take(test.x.count), take(test.phi.count))
      (moved.alpha, moved.bias) = (take(3), take(test.bias.count))
      let next = try moved.reference().made["x'"]!.doubles
      return zip(next, test.gradNext).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let largest = found.reduce(0) { max($0, abs($1)) }
    for index in stride(from: 0, to: inputs.count, by: 2) {
      let h = 1e-3
      let (near, far) = (try loss(index, h) - loss(index, -h), try loss(index, 2 * h) - loss(index, -2 * h))
      let difference = 8 * near - far
      #expect(abs(found[index] - difference / (12 * h)) < 1e-8 * largest, "scalar \(index)")
    }
  }
}
