// The tensor operations of an eager connection, in the order in which they run.

extension CoefficientGenerator {
  private var n: Formula { Notation.n }
  private var nC: Formula { Notation.n * Notation.C }

  /// Norm of the streams: mHC in fp32 over all of them, HC in one kernel over each.
  func eagerNorm(_ connection: Connection) -> [EagerRow] {
    let x = TensorAccess("x", .stream, nC)
    let normalized = TensorAccess("norm(x)", .stream, nC)
    if connection == .hyper {
      let statistic = TensorAccess("1/r", .single, n)
      return [
        EagerRow(
          "stream norm", [x], normalized,
          .multiplyAdds(nC) + Arithmetic(multiplications: nC, divisions: 2 * n, squareRoots: n),
          kept: [x, statistic], backwardArithmetic: .multiplyAdds(3 * nC))
      ]
    }
    let wide = TensorAccess("x, fp32", .single, nC)
    let squares = TensorAccess("x²", .single, nC)
    let mean = TensorAccess("mean x²", .single, 1)
    let inverse = TensorAccess("1/r", .single, 1)
    let wideNormalized = TensorAccess("norm(x), fp32", .single, nC)
    return [
      EagerRow("cast up", [x], wide, .none),
      EagerRow(
        "square", [wide], squares, Arithmetic(multiplications: nC), kept: [wide],
        backwardArithmetic: Arithmetic(multiplications: 2 * nC)),
      EagerRow(
        "mean", [squares], mean, Arithmetic(additions: nC, divisions: 1),
        backwardArithmetic: Arithmetic(divisions: 1)),
      EagerRow(
        "rsqrt", [mean], inverse, Arithmetic(divisions: 1, squareRoots: 1), kept: [inverse],
        backwardArithmetic: Arithmetic(multiplications: 3)),
      EagerRow(
        "normalise", [wide, inverse], wideNormalized, Arithmetic(multiplications: nC), kept: [wide, inverse],
        backwardArithmetic: .multiplyAdds(nC) + Arithmetic(multiplications: nC)),
      EagerRow("cast down", [wideNormalized], normalized, .none),
    ]
  }

  /// Projection, scales, biases and activation functions.
  func eagerCoefficients(_ connection: Connection) -> [EagerRow] {
    let normalized = TensorAccess("norm(x)", .stream, nC)
    let projected = TensorAccess("projection", .single, width)
    let scaled = TensorAccess("scaled", .single, width)
    let raw = TensorAccess("H, raw", .single, width)
    let products: Formula = connection == .hyper ? n * (n + 2) * Notation.C : nC * width
    let projection = EagerRow(
      "projection", [normalized, .init("phi", .parameter, projectionWeights)], projected, .multiplyAdds(products),
      kept: [normalized, .init("phi", .parameter, projectionWeights)], backwardArithmetic: .multiplyAdds(2 * products),
      unit: .matrix)
    let bent = TensorAccess("tanh", .single, width)
    let unscaled = connection == .hyper ? bent : projected
    let scale = EagerRow(
      "scale", [unscaled, .init("alpha", .parameter, scalesAndBiases - width)], scaled,
      Arithmetic(multiplications: width),
      kept: [unscaled], backwardArithmetic: .multiplyAdds(width) + Arithmetic(multiplications: width))
    let bias = EagerRow(
      "bias", [scaled, .init("b", .parameter, width)], raw, Arithmetic(additions: width))
    if connection == .hyper {
      let tangent = EagerRow(
        "tanh", [projected], bent, Arithmetic(tangents: width), kept: [bent],
        backwardArithmetic: .multiplyAdds(width) + Arithmetic(multiplications: width))
      return [projection, tangent, scale, bias]
    }
    let open = TensorAccess("sigmoid", .single, 2 * n)
    let sigmoid = EagerRow(
      "sigmoid", [.init("H_pre, H_post, raw", .single, 2 * n)], open,
      Arithmetic(additions: 2 * n, divisions: 2 * n, exponentials: 2 * n), kept: [open],
      backwardArithmetic: Arithmetic(additions: 2 * n, multiplications: 4 * n), launches: 2)
    let double = EagerRow(
      "double", [.init("sigmoid, post", .single, n)], .init("H_post, fp32", .single, n), Arithmetic(multiplications: n))
    return [projection, scale, bias, sigmoid, double]
  }

  /// From logits to H_res, one tensor an operation.
  func eagerMixing(_ connection: Connection) -> [EagerRow] {
    let t = Notation.t
    let square = n * n
    switch connection {
    case .manifold:
      let logits = TensorAccess("logits", .single, square)
      let start = TensorAccess("exp", .single, square)
      let sums = TensorAccess("sums", .single, 2 * t * n)
      let quotients = TensorAccess("quotients", .single, 2 * t * square)
      // The first numerator is the exponential's own output, kept once.
      let numerators = TensorAccess("numerators", .single, 2 * t * square - square)
      return [
        EagerRow("shift", [logits], .init("shifted", .single, square), Arithmetic(additions: square), launches: 2),
        EagerRow(
          "exp", [.init("shifted", .single, square)], start, Arithmetic(exponentials: square), kept: [start],
          backwardArithmetic: Arithmetic(multiplications: square)),
        EagerRow(
          "sinkhorn sums", [quotients], sums, 2 * t * Arithmetic(additions: square - n),
          backwardArithmetic: Arithmetic.none, launches: 2 * t),
        EagerRow(
          "sinkhorn quotients", [quotients, sums], quotients, 2 * t * Arithmetic(divisions: square),
          kept: [numerators, sums],
          backwardArithmetic: 2 * t * (.multiplyAdds(square) + Arithmetic(additions: square, divisions: square)),
          launches: 2 * t),
      ]
    case .lite, .kronecker:
      let weights = TensorAccess("weights", .single, logits)
      return [
        EagerRow(
          "softmax", [.init("logits", .single, logits)], weights,
          Arithmetic(additions: 2 * logits, divisions: logits, exponentials: logits), kept: [weights]),
        EagerRow(
          "mixture", [weights], .init("H_res, fp32", .single, square), constrain, kept: [weights],
          backwardArithmetic: constrainBackward),
      ]
    case .residual, .hyper, .identity: return []
    }
  }

  /// The streams themselves: cast of the coefficients, pre-mix, mixing, post and merge.
  func eagerStreams(_ connection: Connection) -> [EagerRow] {
    let C = Notation.C
    let x = TensorAccess("x", .stream, nC)
    let y = TensorAccess("y", .activation, C)
    let pre = TensorAccess("H_pre", .stream, n)
    let post = TensorAccess("H_post", .stream, n)
    let mixed = TensorAccess("H_res", .stream, mixing)
    let cast = EagerRow(
      "cast H", [.init("H, fp32", .single, coefficients)], .init("H", .stream, coefficients), .none, launches: 3)
    let preMix = EagerRow(
      "pre-mix", [x, pre], .init("u", .activation, C), .multiplyAdds(nC), kept: [x, pre],
      backwardArithmetic: .multiplyAdds(2 * nC))
    let resMix = EagerRow(
      "res-mix", [x, mixed], .init("res", .stream, nC), .multiplyAdds(n * nC), kept: [x, mixed],
      backwardArithmetic: .multiplyAdds(2 * n * nC))
    let outer = EagerRow(
      "post", [y, post], .init("post", .stream, nC), Arithmetic(multiplications: nC), kept: [y, post],
      backwardArithmetic: .multiplyAdds(2 * nC))
    let merge = EagerRow(
      "merge", [mixesStreams ? .init("res", .stream, nC) : x, .init("post", .stream, nC)], .init("x'", .stream, nC),
      Arithmetic(additions: nC))
    return [cast, preMix] + (mixesStreams ? [resMix] : []) + [outer, merge]
  }
}
