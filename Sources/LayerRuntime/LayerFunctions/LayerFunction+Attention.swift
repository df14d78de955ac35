import CMHCKernels

// Causal attention. q, k and v stand side by side in [T, 3C], the heads' outputs in [T, C].

extension LayerFunction {
  func attentionForward(_ blas: OpenBLAS, _ heads: Int, _ z: Floats, _ saved: Floats, _ scratch: Floats, _ y: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (qkv, output) = (saved, saved + 3 * T * C)
    multiply(
      blas, rows: T, columns: 3 * C, inner: C, .init(z, stride: C), .init(values.base, stride: 3 * C),
      into: .init(qkv, stride: 3 * C))
    let width = C / heads
    for head in 0..<heads {
      let at = head * width
      weights(blas, qkv, head: at, width: width, into: scratch)
      multiply(
        blas, rows: T, columns: width, inner: T, .init(scratch, stride: T), .init(qkv + 2 * C + at, stride: 3 * C),
        into: .init(output + at, stride: C))
    }
    multiply(
      blas, rows: T, columns: C, inner: C, .init(output, stride: C), .init(values.base + 3 * C * C, stride: C),
      into: .init(y, stride: C))
  }

  /// softmax(q kᵀ / √width) of one head, [T, T]; made again in the backward pass.
  private func weights(_ blas: OpenBLAS, _ qkv: Floats, head at: Int, width: Int, into scores: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    multiply(
      blas, rows: T, columns: T, inner: width, .init(qkv + at, stride: 3 * C),
      .init(qkv + C + at, stride: 3 * C).transposed,
      into: .init(scores, stride: T))
    var work = FunctionWork(.softmax, table, scores)
    (work.columns, work.scale) = (T, 1 / Float(width).squareRoot())
    team.run(T, work)
  }

  func attentionBackward(
    _ blas: OpenBLAS, _ heads: Int, _ z: Floats, _ saved: Floats, _ scratch: Floats, _ gradient: Floats
  ) {
    let (T, C) = (shape.tokens, shape.channels)
    let (qkv, output) = (saved, saved + 3 * T * C)
    let (gradOutput, gradQKV) = (scratch, scratch + T * C)
    let (scores, gradScores) = (scratch + 4 * T * C, scratch + 4 * T * C + T * T)
    let dy = OpenBLAS.Matrix(gradient, stride: C)
    multiply(
      blas, rows: C, columns: C, inner: T, .init(output, stride: C).transposed, dy, adding: true,
      into: .init(gradients.base + 3 * C * C, stride: C))
    multiply(
      blas, rows: T, columns: C, inner: C, dy, .init(values.base + 3 * C * C, stride: C).transposed,
      into: .init(gradOutput, stride: C))
    let width = C / heads
    let scale = 1 / Float(width).squareRoot()
    for at in stride(from: 0, to: C, by: width) {
      weights(blas, qkv, head: at, width: width, into: scores)
      func part(_ base: Floats, _ index: Int) -> OpenBLAS.Matrix { .init(base + index * C + at, stride: 3 * C) }
      let (ofHead, all) = (OpenBLAS.Matrix(gradOutput + at, stride: C), OpenBLAS.Matrix(scores, stride: T))
      let ofScores = OpenBLAS.Matrix(gradScores, stride: T)
      multiply(blas, rows: T, columns: width, inner: T, all.transposed, ofHead, into: part(gradQKV, 2))
      multiply(blas, rows: T, columns: T, inner: width, ofHead, part(qkv, 2).transposed, into: ofScores)
      var work = FunctionWork(.softmaxBackward, table, scores, gradScores)
      (work.columns, work.scale) = (T, scale)
      team.run(T, work)
      multiply(blas, rows: T, columns: width, inner: T, ofScores, part(qkv, 1), into: part(gradQKV, 0))
      multiply(blas, rows: T, columns: width, inner: T, ofScores.transposed, part(qkv, 0), into: part(gradQKV, 1))
    }
    let dqkv = OpenBLAS.Matrix(gradQKV, stride: 3 * C)
    multiply(
      blas, rows: C, columns: 3 * C, inner: T, .init(z, stride: C).transposed, dqkv, adding: true,
      into: .init(gradients.base, stride: 3 * C))
    multiply(blas, rows: T, columns: C, inner: 3 * C, dqkv, .init(values.base, stride: 3 * C).transposed, into: dy)
  }
}
