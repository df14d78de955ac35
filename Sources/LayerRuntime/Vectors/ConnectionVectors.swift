/// Inputs of a file of test vectors: one connection, or several in a row, around F(u) = tanh(u W).
public struct ConnectionVectors: Sendable {
  /// The inputs of one connection.
  public struct Layer: Sendable {
    /// φ [n² + 2n, nC], α [3], b [n² + 2n] and W [C, C].
    public var phi, alpha, bias, weight: [Double]

    /// The inputs of one connection.
    public init(phi: [Double], alpha: [Double], bias: [Double], weight: [Double]) {
      self.phi = phi
      self.alpha = alpha
      self.bias = bias
      self.weight = weight
    }
  }

  /// T, n and C.
  public let shape: LayerShape
  /// The convention of all connections.
  public let convention: Convention
  /// The connections in order.
  public let layers: [Layer]
  /// Whether names have the connection's number, as in `grad.0.fn`; one alone has it where its file counts layers.
  public let isNumbered: Bool
  /// The first streams, [T, n, C].
  public let x: [Double]
  /// The gradient of the last streams, [T, n, C].
  public let gradOut: [Double]

  /// Checked inputs; several connections are always numbered.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``, or ``RuntimeError/invalid(_:expected:found:)`` without layers.
  public init(
    shape: LayerShape, convention: Convention, layers: [Layer], x: [Double], gradOut: [Double],
    isNumbered: Bool = false
  ) throws(RuntimeError) {
    guard !layers.isEmpty else { throw .invalid("layers", expected: "at least 1", found: "0") }
    guard let sizes = ConnectionSizes(.manifold, shape) else { preconditionFailure("mHC has coefficients") }
    let streams = shape.tokens * shape.streamElements
    var checks = [("in.X", x, streams), ("in.g_out", gradOut, streams)]
    for layer in layers {
      checks += [
        ("in.fn", layer.phi, sizes.weights), ("in.alpha", layer.alpha, 3), ("in.bias", layer.bias, sizes.coefficients),
        ("in.W", layer.weight, shape.channels * shape.channels),
      ]
    }
    for (name, values, count) in checks where values.count != count {
      throw .length(name, expected: count, found: values.count)
    }
    self.shape = shape
    self.convention = convention
    self.layers = layers
    self.isNumbered = isNumbered || layers.count > 1
    self.x = x
    self.gradOut = gradOut
  }

  /// A result and its shape.
  public struct Result: Sendable {
    /// The sizes, the slowest first.
    public var shape: [Int]
    /// The values.
    public var values: [Double]
  }

  /// Every result that a file may hold, by its name there.
  /// - Parameters:
  ///   - implementation: `reference` in double precision, any other in float32.
  ///   - variant: the kernels of the others.
  /// - Returns: the results; where they are numbered, with the connection's number, as in `grad.0.fn`.
  /// - Throws: ``RuntimeError`` where there is no room.
  public func results(_ implementation: Implementation, variant: KernelVariant = .best) throws(RuntimeError) -> [String:
    Result]
  {
    let passes =
      implementation == .reference ? try referencePasses() : try kernelPasses(implementation, variant)
    let (T, n, C) = (shape.tokens, shape.streams, shape.channels)
    let w = n * n + 2 * n
    let shapes: [String: [Int]] = [
      "mid.h_pre": [T, n], "mid.h_post": [T, n], "mid.H": [T, n, n], "mid.logits": [T, n, n], "mid.u": [T, C],
      "mid.y": [T, C], "out.X_next": [T, n, C], "grad.X": [T, n, C], "grad.fn": [w, n * C], "grad.alpha": [3],
      "grad.bias": [w], "grad.W": [C, C],
    ]
    var results: [String: Result] = [:]
    for (index, pass) in passes.enumerated() {
      for (name, values) in pass {
        let shape = shapes[name.replacing("grad_mid.", with: "mid.")] ?? [values.count]
        guard isNumbered else {
          results[name] = Result(shape: shape, values: values)
          continue
        }
        switch name {
        case "out.X_next": results["mid.X\(index + 1)"] = Result(shape: shape, values: values)
        case "grad.X" where index == 0: results[name] = Result(shape: shape, values: values)
        case "grad.fn", "grad.alpha", "grad.bias", "grad.W":
          results["grad.\(index)." + name.dropFirst(5)] = Result(shape: shape, values: values)
        default: break
        }
      }
    }
    return results
  }

  // MARK: F(u) = tanh(u W), in double precision whatever the connection runs in

  /// y [T, C].
  func function(_ u: [Double], _ weight: [Double]) -> [Double] {
    let C = shape.channels
    var y = [Double](repeating: 0, count: u.count)
    for t in 0..<shape.tokens {
      for k in 0..<C {
        for c in 0..<C { y[t * C + c] += u[t * C + k] * weight[k * C + c] }
      }
    }
    return y.map { $0.hyperbolicTangent() }
  }

  /// ∂u [T, C] and ∂W [C, C].
  func functionBackward(u: [Double], y: [Double], gradY: [Double], _ weight: [Double]) -> (
    u: [Double], weight: [Double]
  ) {
    let C = shape.channels
    var (gradU, gradWeight) = ([Double](repeating: 0, count: u.count), [Double](repeating: 0, count: C * C))
    for t in 0..<shape.tokens {
      let back = (0..<C).map { gradY[t * C + $0] * (1 - y[t * C + $0] * y[t * C + $0]) }
      for k in 0..<C {
        var sum = 0.0
        for c in 0..<C {
          sum += back[c] * weight[k * C + c]
          gradWeight[k * C + c] += u[t * C + k] * back[c]
        }
        gradU[t * C + k] = sum
      }
    }
    return (gradU, gradWeight)
  }
}
