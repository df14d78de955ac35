// The rows that move streams.

extension ReferenceConnection {
  private var T: Int { shape.tokens }
  private var n: Int { shape.streams }
  private var C: Int { shape.channels }

  /// Where the weight of stream `input` in stream `output` stands in a token's H_res.
  func mixIndex(output: Int, input: Int) -> Int {
    switch convention.orientation {
    case .outputByInput: output * shape.streams + input
    case .inputByOutput: input * shape.streams + output
    }
  }

  /// u = Σ_i H_pre[i] x_i.
  func preMix() {
    let (pre, u) = (tensor("H_pre"), make("u", count: T * C))
    for t in 0..<T {
      for c in 0..<C {
        var sum = Scalar(0)
        for i in 0..<n { sum = sum + pre[t * n + i] * x[(t * n + i) * C + c] }
        u[t * C + c] = sum
      }
    }
  }

  /// post_o = H_post[o] y.
  func post() {
    let (post, result) = (tensor("H_post"), make("post", count: T * n * C))
    for t in 0..<T {
      for o in 0..<n {
        for c in 0..<C { result[(t * n + o) * C + c] = post[t * n + o] * y[t * C + c] }
      }
    }
  }

  /// res_o = Σ_i H_res x_i.
  func resMix() {
    let (mixing, result) = (tensor("H_res"), make("res", count: T * n * C))
    for t in 0..<T {
      for o in 0..<n {
        for c in 0..<C {
          var sum = Scalar(0)
          for i in 0..<n {
            sum = sum + mixing[t * n * n + mixIndex(output: o, input: i)] * x[(t * n + i) * C + c]
          }
          result[(t * n + o) * C + c] = sum
        }
      }
    }
  }

  /// x' = res + post; x + y for the residual.
  func merge() {
    kind == .residual ? sum(x, y, into: "x'") : sum(tensor("res"), tensor("post"), into: "x'")
  }

  /// ∂x_i = Σ_o H_res ∂x'_o, and ∂H_res = ∂x'_o · x_i.
  func resMixBackward() {
    let (mixing, gradX) = (tensor("H_res"), make("grad x", count: T * n * C))
    let gradMixing = make("grad H_res", count: T * n * n)
    for t in 0..<T {
      for i in 0..<n {
        for c in 0..<C {
          var sum = Scalar(0)
          for o in 0..<n {
            sum = sum + mixing[t * n * n + mixIndex(output: o, input: i)] * gradNext[(t * n + o) * C + c]
          }
          gradX[(t * n + i) * C + c] = sum
        }
        for o in 0..<n {
          var dot = Scalar(0)
          for c in 0..<C { dot = dot + x[(t * n + i) * C + c] * gradNext[(t * n + o) * C + c] }
          gradMixing[t * n * n + mixIndex(output: o, input: i)] = dot
        }
      }
    }
  }

  /// ∂y = Σ_o H_post[o] ∂x'_o, and ∂H_post[o] = ∂x'_o · y.
  func postBackward() {
    let (post, gradY) = (tensor("H_post"), make("grad y", count: T * C))
    let gradPost = make("grad H_post", count: T * n)
    for t in 0..<T {
      for c in 0..<C {
        var sum = Scalar(0)
        for o in 0..<n { sum = sum + post[t * n + o] * gradNext[(t * n + o) * C + c] }
        gradY[t * C + c] = sum
      }
      for o in 0..<n {
        var dot = Scalar(0)
        for c in 0..<C { dot = dot + gradNext[(t * n + o) * C + c] * y[t * C + c] }
        gradPost[t * n + o] = dot
      }
    }
  }

  /// ∂x_i = H_pre[i] ∂u, and ∂H_pre[i] = ∂u · x_i.
  func preMixBackward() {
    let (pre, gradX) = (tensor("H_pre"), make("grad x, pre", count: T * n * C))
    let gradPre = make("grad H_pre", count: T * n)
    for t in 0..<T {
      for i in 0..<n {
        var dot = Scalar(0)
        for c in 0..<C {
          gradX[(t * n + i) * C + c] = pre[t * n + i] * gradU[t * C + c]
          dot = dot + gradU[t * C + c] * x[(t * n + i) * C + c]
        }
        gradPre[t * n + i] = dot
      }
    }
  }

  /// One tensor and another, element by element.
  func sum(_ one: ReferenceTensor<Scalar>, _ other: ReferenceTensor<Scalar>, into name: String) {
    let result = make(name, count: T * n * C)
    for at in 0..<result.count { result[at] = one[at] + other[at] }
  }
}
