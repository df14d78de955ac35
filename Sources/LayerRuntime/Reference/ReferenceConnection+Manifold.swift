// mHC's coefficients.

extension ReferenceConnection {
  private var sinkhorn: ReferenceSinkhorn<Scalar> {
    ReferenceSinkhorn(n: shape.streams, convention: convention)
  }

  /// Which of the three scales an output of the projection has.
  private func group(_ output: Int) -> Int { output < shape.streams ? 0 : output < 2 * shape.streams ? 1 : 2 }

  /// r, with ε where the convention has one.
  func rootMeanSquare(_ squares: Scalar, count: Int) -> Scalar {
    let mean = squares / Scalar(Double(count))
    let epsilon = convention.rootMeanSquareEpsilon
    guard epsilon != 0 else { return mean.squareRoot() }
    return convention.rootMeanSquare == .meanEpsilon
      ? (mean + Scalar(epsilon)).squareRoot() : mean.squareRoot() + Scalar(epsilon)
  }

  /// √(mean x²), from r.
  func rootWithoutEpsilon(_ root: Scalar) -> Scalar {
    convention.rootMeanSquare == .normEpsilon && convention.rootMeanSquareEpsilon != 0
      ? root - Scalar(convention.rootMeanSquareEpsilon) : root
  }

  /// Equations 14 to 19.
  func manifoldCoefficients() {
    let (T, n, K) = (shape.tokens, shape.streams, shape.streamElements)
    let w = n * n + 2 * n
    let (projection, statistic) = (make("projection", count: T * w), make("r", count: T))
    let (pre, post) = (make("H_pre", count: T * n), make("H_post", count: T * n))
    let (mixing, logits) = (make("H_res", count: T * n * n), make("logits", count: T * n * n))
    for t in 0..<T {
      var squares = Scalar(0)
      for k in 0..<K { squares = squares + x[t * K + k] * x[t * K + k] }
      statistic[t] = rootMeanSquare(squares, count: K)
      for j in 0..<w {
        var dot = Scalar(0)
        for k in 0..<K { dot = dot + x[t * K + k] * phi[j * K + k] }
        projection[t * w + j] = dot
      }
      let (raw, _, _) = scaled(token: t)
      for i in 0..<n {
        pre[t * n + i] = sigmoid(raw[i])
        if convention.preEpsilon != 0 { pre[t * n + i] = pre[t * n + i] + Scalar(convention.preEpsilon) }
        post[t * n + i] = sigmoid(raw[n + i]) * Scalar(convention.postMultiplier)
      }
      let matrix = sinkhorn.forward(Array(raw[(2 * n)...]))
      for k in 0..<n * n {
        mixing[t * n * n + k] = matrix[k]
        logits[t * n * n + k] = raw[2 * n + k]
      }
    }
  }

  /// (α/r) p + b, 1/r and α/r: equation 16.
  private func scaled(token t: Int) -> (raw: [Scalar], inverse: Scalar, scales: [Scalar]) {
    let w = bias.count
    let (projection, statistic) = (tensor("projection"), tensor("r"))
    let inverse = Scalar(1) / statistic[t]
    let scales = (0..<3).map { alpha[$0] * inverse }
    let raw = (0..<w).map { projection[t * w + $0] * scales[group($0)] + bias[$0] }
    return (raw, inverse, scales)
  }

  private func sigmoid(_ value: Scalar) -> Scalar { Scalar(1) / (Scalar(1) + (-value).exponential()) }

  /// Equations 14 to 19 backwards.
  ///
  /// With z = (α/r) p + b and S_g = Σ ∂z p over a group: ∂b = Σ ∂z, ∂α_g = Σ S_g / r, ∂p = (α/r) ∂z, ∂φ = Σ ∂pᵀ x, and
  /// the norm gives ∂x = φᵀ ∂p + c x with c = −Σ_g α_g S_g / (nC r² √(mean x²)).
  func manifoldCoefficientsBackward() {
    let (T, n, K) = (shape.tokens, shape.streams, shape.streamElements)
    let w = n * n + 2 * n
    let (projection, statistic) = (tensor("projection"), tensor("r"))
    let (gradPre, gradPost, gradMixing) = (tensor("grad H_pre"), tensor("grad H_post"), tensor("grad H_res"))
    let gradX = make("grad x, coef", count: T * K)
    let (gradPhi, gradAlpha) = (make("grad phi", count: w * K), make("grad alpha", count: 3))
    let gradBias = make("grad b", count: w)
    let gradLogits = make("grad logits", count: T * n * n)
    for t in 0..<T {
      let (raw, inverse, scales) = scaled(token: t)
      var gradRaw: [Scalar] = []
      for i in 0..<2 * n {
        let open = sigmoid(raw[i])
        let gradient = i < n ? gradPre[t * n + i] : gradPost[t * n + i - n] * Scalar(convention.postMultiplier)
        gradRaw.append(gradient * (open * (Scalar(1) - open)))
      }
      let incoming = (0..<n * n).map { gradMixing[t * n * n + $0] }
      let ofLogits = sinkhorn.backward(Array(raw[(2 * n)...]), incoming)
      for k in 0..<n * n { gradLogits[t * n * n + k] = ofLogits[k] }
      gradRaw += ofLogits
      var dots = [Scalar](repeating: Scalar(0), count: 3)
      for j in 0..<w {
        gradBias[j] = gradBias[j] + gradRaw[j]
        dots[group(j)] = dots[group(j)] + gradRaw[j] * projection[t * w + j]
      }
      var total = Scalar(0)
      for g in 0..<3 {
        gradAlpha[g] = gradAlpha[g] + dots[g] * inverse
        total = total + dots[g] * alpha[g]
      }
      let back = (0..<w).map { gradRaw[$0] * scales[group($0)] }
      let root = rootWithoutEpsilon(statistic[t])
      // Where x is zero, so is its part in the gradient of the norm.
      let along = root == Scalar(0) ? root : -(total * inverse * inverse / (root * Scalar(Double(K))))
      for k in 0..<K {
        var sum = Scalar(0)
        for j in 0..<w {
          sum = sum + back[j] * phi[j * K + k]
          gradPhi[j * K + k] = gradPhi[j * K + k] + back[j] * x[t * K + k]
        }
        gradX[t * K + k] = sum + along * x[t * K + k]
      }
    }
  }
}
