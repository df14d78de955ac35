// HC's coefficients.

extension ReferenceConnection {
  /// Where output `j` of stream `i`'s projection goes in a token's H_pre, H_post, H_res, one after the other.
  private func place(_ j: Int, stream i: Int) -> Int {
    let n = shape.streams
    switch j {
    case 0: return i
    case 1: return n + i
    default: return 2 * n + mixIndex(output: j - 2, input: i)
    }
  }

  /// Equation 5: x̃ = x/r stream by stream, H = α tanh(θ x̃) + b.
  ///
  /// "projection" holds tanh(θ x̃), from which the backward needs no tanh of its own.
  ///
  /// - Source: mHC (arXiv:2512.24880) Eq. (5), §3.
  func hyperCoefficients() {
    let (T, n, C) = (shape.tokens, shape.streams, shape.channels)
    let (projection, statistic) = (make("projection", count: T * n * (n + 2)), make("r", count: T * n))
    let pieces = [make("H_pre", count: T * n), make("H_post", count: T * n), make("H_res", count: T * n * n)]
    for row in 0..<T * n {
      let (t, i) = (row / n, row % n)
      var squares = Scalar(0)
      for c in 0..<C { squares = squares + x[row * C + c] * x[row * C + c] }
      statistic[row] = rootMeanSquare(squares, count: C)
      let inverse = Scalar(1) / statistic[row]
      let normalized = (0..<C).map { x[row * C + $0] * inverse }
      for j in 0..<n + 2 {
        var dot = Scalar(0)
        for c in 0..<C { dot = dot + normalized[c] * phi[j * C + c] }
        projection[row * (n + 2) + j] = dot.hyperbolicTangent()
        let at = place(j, stream: i)
        let value = alpha[min(j, 2)] * projection[row * (n + 2) + j] + bias[at]
        if j < 2 {
          pieces[j][t * n + i] = value
        } else {
          pieces[2][t * n * n + at - 2 * n] = value
        }
      }
    }
  }

  /// Equation 5 backwards.
  ///
  /// ∂α = Σ ∂H tanh, ∂(θ x̃) = α (∂H − ∂H tanh tanh). With ∂p that over r: ∂θ = Σ ∂p x, and with g = θᵀ ∂p,
  /// ∂x = g − x (g·x) / (C r √(mean x²)).
  func hyperCoefficientsBackward() {
    let (T, n, C) = (shape.tokens, shape.streams, shape.channels)
    let (projection, statistic) = (tensor("projection"), tensor("r"))
    let pieces = [tensor("grad H_pre"), tensor("grad H_post"), tensor("grad H_res")]
    let gradX = make("grad x, coef", count: T * n * C)
    let (gradPhi, gradAlpha) = (make("grad phi", count: (n + 2) * C), make("grad alpha", count: 3))
    let gradBias = make("grad b", count: n * n + 2 * n)
    for row in 0..<T * n {
      let (t, i) = (row / n, row % n)
      let inverse = Scalar(1) / statistic[row]
      let scales = (0..<3).map { alpha[$0] * inverse }
      var back: [Scalar] = []
      for j in 0..<n + 2 {
        let (at, g) = (place(j, stream: i), min(j, 2))
        let gradient = j < 2 ? pieces[j][t * n + i] : pieces[2][t * n * n + at - 2 * n]
        let bent = projection[row * (n + 2) + j]
        let product = gradient * bent
        gradBias[at] = gradBias[at] + gradient
        gradAlpha[g] = gradAlpha[g] + product
        back.append((gradient - product * bent) * scales[g])
      }
      var dot = Scalar(0)
      for c in 0..<C {
        var sum = Scalar(0)
        for j in 0..<n + 2 {
          sum = sum + back[j] * phi[j * C + c]
          gradPhi[j * C + c] = gradPhi[j * C + c] + back[j] * x[row * C + c]
        }
        gradX[row * C + c] = sum
        dot = dot + sum * x[row * C + c]
      }
      let root = rootWithoutEpsilon(statistic[row])
      let along = root == Scalar(0) ? root : -(dot * inverse / (root * Scalar(Double(C))))
      for c in 0..<C { gradX[row * C + c] = gradX[row * C + c] + along * x[row * C + c] }
    }
  }
}
