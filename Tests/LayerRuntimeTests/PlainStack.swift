import LayerRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A stack's loss in double precision by plain loops, forward only: what its gradients are differences of.
struct PlainStack {
  var configuration: LayerStack.Configuration

  /// ½ Σ x_L² for parameters in the order of `LayerStack.parameters`.
  func loss(_ parameters: [Double], x: [Double]) throws -> Double {
    let shape = configuration.shape
    var (x, rest) = (x, parameters[...])
    func take(_ count: Int) -> [Double] {
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
    for kind in configuration.functions {
      let sizes = ConnectionSizes(configuration.connection, shape)
      let connection = try ReferenceConnection<Double>(
        configuration.connection, shape, configuration.convention, x: x, phi: take(sizes?.weights ?? 0),
        alpha: take(sizes?.scales ?? 0), bias: take(sizes?.coefficients ?? 0))
      connection.run(connection.rowsBeforeLayer)
      let u = connection.made["u"]?.doubles ?? x
      let C = shape.channels
      let weights = take(Self.weights(kind, C))
      let norm = take(C)
      let z = (0..<shape.tokens).flatMap { t -> [Double] in
        let token = Array(u[t * C..<(t + 1) * C])
        let r = (token.reduce(0) { $0 + $1 * $1 } / Double(C) + 1e-6).squareRoot()
        return token.enumerated().map { $1 / r * norm[$0] }
      }
      for (index, value) in Self.apply(kind, z, weights, shape).enumerated() { connection.y[index] = value }
      connection.run(connection.rowsAfterLayer)
      x = connection.made["x'"]?.doubles ?? []
    }
    return x.reduce(0) { $0 + $1 * $1 } / 2
  }

  static func weights(_ kind: LayerFunctionKind, _ C: Int) -> Int {
    switch kind {
    case .identity: 0
    case .gelu(let hidden): 2 * C * hidden
    case .swiGLU(let hidden): 3 * C * hidden
    case .attention: 4 * C * C
    }
  }

  static func product(_ a: [Double], _ b: ArraySlice<Double>, _ inner: Int, _ columns: Int) -> [Double] {
    let b = Array(b)
    return (0..<a.count / inner * columns).map { at in
      (0..<inner).reduce(0) { $0 + a[at / columns * inner + $1] * b[$1 * columns + at % columns] }
    }
  }

  static func apply(_ kind: LayerFunctionKind, _ z: [Double], _ w: [Double], _ shape: LayerShape) -> [Double] {
    let (T, C) = (shape.tokens, shape.channels)
    switch kind {
    case .identity: return z
    case .gelu(let H):
      let h = product(z, w[..<(C * H)], C, H).map { a in
        0.5 * a * (1 + tanh((2 / Double.pi).squareRoot() * (a + 0.044715 * a * a * a)))
      }
      return product(h, w[(C * H)...], H, C)
    case .swiGLU(let H):
      let a = product(z, w[..<(C * H)], C, H)
      let b = product(z, w[(C * H)..<(2 * C * H)], C, H)
      let h = zip(a, b).map { a, b in a / (1 + exp(-a)) * b }
      return product(h, w[(2 * C * H)...], H, C)
    case .attention(let heads):
      let qkv = product(z, w[..<(3 * C * C)], C, 3 * C)
      let width = C / heads
      var output = [Double](repeating: 0, count: T * C)
      for head in 0..<heads {
        for t in 0..<T {
          let scores = (0...t).map { s in
            (0..<width).reduce(0) { sum, k in
              sum + qkv[t * 3 * C + head * width + k] * qkv[s * 3 * C + C + head * width + k]
            } / Double(width).squareRoot()
          }
          let total = scores.reduce(0) { $0 + exp($1) }
          for s in 0...t {
            for k in 0..<width {
              output[t * C + head * width + k] += exp(scores[s]) / total * qkv[s * 3 * C + 2 * C + head * width + k]
            }
          }
        }
      }
      return product(output, w[(3 * C * C)...], C, C)
    }
  }
}
