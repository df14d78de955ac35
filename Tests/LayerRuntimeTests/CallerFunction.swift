import LayerRuntime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A layer function as a user writes one, in double precision: y = a · tanh(u W), token by token.
struct CallerFunction {
  /// a [C].
  var scales: [Double]
  /// W [C, C]; the unit matrix where there is none.
  var weight: [Double]?

  init(channels: Int, isDense: Bool, seed: UInt64 = 5) {
    var numbers = TestNumbers(seed: seed)
    scales = numbers.normals(channels).map { 1 + $0 / 2 }
    weight = isDense ? numbers.normals(channels * channels, scale: 1 / Double(channels).squareRoot()) : nil
  }

  private var C: Int { scales.count }

  /// u W, [T, C].
  private func product(_ u: [Double]) -> [Double] {
    guard let weight else { return u }
    var product = [Double](repeating: 0, count: u.count)
    for row in stride(from: 0, to: u.count, by: C) {
      for k in 0..<C { for c in 0..<C { product[row + c] += u[row + k] * weight[k * C + c] } }
    }
    return product
  }

  /// y [T, C].
  func forward(_ u: [Double]) -> [Double] { product(u).enumerated().map { tanh($1) * scales[$0 % C] } }

  /// ∂u [T, C], and the gradients of a and W.
  func backward(u: [Double], gradY: [Double]) -> (u: [Double], parameters: [Double]) {
    let bent = product(u).map { tanh($0) }
    var gradScales = [Double](repeating: 0, count: C)
    var gradProduct = gradY
    for (index, gradient) in gradY.enumerated() {
      gradScales[index % C] += gradient * bent[index]
      gradProduct[index] = gradient * scales[index % C] * (1 - bent[index] * bent[index])
    }
    guard let weight else { return (gradProduct, gradScales) }
    var (gradU, gradWeight) = ([Double](repeating: 0, count: u.count), [Double](repeating: 0, count: C * C))
    for row in stride(from: 0, to: u.count, by: C) {
      for k in 0..<C {
        for c in 0..<C {
          gradU[row + k] += gradProduct[row + c] * weight[k * C + c]
          gradWeight[k * C + c] += u[row + k] * gradProduct[row + c]
        }
      }
    }
    return (gradU, gradScales + gradWeight)
  }
}
