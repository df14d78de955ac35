/// φ, α and b of one connection, in float32, with their gradients.
public final class ConnectionParameters {
  /// φ [w, nC] for mHC, θ [n+2, C] for HC, then α [3], then b [n² + 2n].
  public let values: Region<Float>
  /// Their gradients, in the same order; a backward pass adds to them.
  public let gradients: Region<Float>
  let sizes: ConnectionSizes
  private let arena: Arena

  /// Parameters of zeros.
  public init(_ sizes: ConnectionSizes, arena: Arena) throws(RuntimeError) {
    self.sizes = sizes
    self.arena = arena
    (values, gradients) = try arena.allocatePair(
      (.parameter, sizes.parameters), (.gradient, sizes.parameters))
    values.elements.initialize(repeating: 0)
    gradients.elements.initialize(repeating: 0)
  }

  deinit {
    arena.release(values)
    arena.release(gradients)
  }

  /// Sets φ, α and b.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``.
  public func set(phi: [Float], alpha: [Float], bias: [Float]) throws(RuntimeError) {
    for (name, part, count) in [
      ("phi", phi, sizes.weights), ("alpha", alpha, sizes.scales), ("b", bias, sizes.coefficients),
    ] where part.count != count {
      throw .length(name, expected: count, found: part.count)
    }
    for (index, value) in (phi + alpha + bias).enumerated() { values.base[index] = value }
  }

  /// Sets the gradients to zero.
  public func clearGradients() { gradients.elements.update(repeating: 0) }

  var phi: UnsafeMutablePointer<Float> { values.base }
  var alpha: UnsafeMutablePointer<Float> { values.base + sizes.weights }
  var bias: UnsafeMutablePointer<Float> { values.base + sizes.weights + sizes.scales }
  var gradPhi: UnsafeMutablePointer<Float> { gradients.base }
  var gradAlpha: UnsafeMutablePointer<Float> { gradients.base + sizes.weights }
  var gradBias: UnsafeMutablePointer<Float> { gradients.base + sizes.weights + sizes.scales }
}
