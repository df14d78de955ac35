import CMHCKernels

// The two feed-forward functions. a [T, H] are pre-activations, h [T, H] what the activation makes of them.

extension LayerFunction {
  typealias Floats = UnsafeMutablePointer<Float>

  func geluForward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ a: Floats, _ h: Floats, _ y: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (first, second) = (values.base, values.base + C * H)
    multiply(
      blas, rows: T, columns: H, inner: C, .init(z, stride: C), .init(first, stride: H), into: .init(a, stride: H))
    each(T * H, FunctionWork(.gelu, table, a, h))
    multiply(
      blas, rows: T, columns: C, inner: H, .init(h, stride: H), .init(second, stride: C), into: .init(y, stride: C))
  }

  func geluBackward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ a: Floats, _ scratch: Floats, _ gradient: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (first, second) = (values.base, values.base + C * H)
    let (gradFirst, gradSecond) = (gradients.base, gradients.base + C * H)
    let (h, back) = (scratch, scratch + T * H)
    let dy = OpenBLAS.Matrix(gradient, stride: C)
    each(T * H, FunctionWork(.gelu, table, a, h))
    multiply(
      blas, rows: H, columns: C, inner: T, .init(h, stride: H).transposed, dy, adding: true,
      into: .init(gradSecond, stride: C))
    multiply(blas, rows: T, columns: H, inner: C, dy, .init(second, stride: C).transposed, into: .init(back, stride: H))
    each(T * H, FunctionWork(.geluBackward, table, a, back))
    let da = OpenBLAS.Matrix(back, stride: H)
    multiply(
      blas, rows: C, columns: H, inner: T, .init(z, stride: C).transposed, da, adding: true,
      into: .init(gradFirst, stride: H)
    )
    multiply(blas, rows: T, columns: C, inner: H, da, .init(first, stride: H).transposed, into: dy)
  }

  func swiGLUForward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ saved: Floats, _ h: Floats, _ y: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (a, b) = (saved, saved + T * H)
    func project(_ weight: Floats, _ result: Floats) {
      multiply(
        blas, rows: T, columns: H, inner: C, .init(z, stride: C), .init(weight, stride: H),
        into: .init(result, stride: H))
    }
    project(values.base, a)
    project(values.base + C * H, b)
    each(T * H, FunctionWork(.swiGLU, table, a, b, h))
    multiply(
      blas, rows: T, columns: C, inner: H, .init(h, stride: H), .init(values.base + 2 * C * H, stride: C),
      into: .init(y, stride: C))
  }

  func swiGLUBackward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ saved: Floats, _ scratch: Floats, _ gradient: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (a, b) = (saved, saved + T * H)
    let (h, back, other) = (scratch, scratch + T * H, scratch + 2 * T * H)
    let dy = OpenBLAS.Matrix(gradient, stride: C)
    each(T * H, FunctionWork(.swiGLU, table, a, b, h))
    multiply(
      blas, rows: H, columns: C, inner: T, .init(h, stride: H).transposed, dy, adding: true,
      into: .init(gradients.base + 2 * C * H, stride: C))
    multiply(
      blas, rows: T, columns: H, inner: C, dy, .init(values.base + 2 * C * H, stride: C).transposed,
      into: .init(h, stride: H)
    )
    each(T * H, FunctionWork(.swiGLUBackward, table, a, b, back, other, h))
    for index in 0..<2 {
      let da = OpenBLAS.Matrix(index == 0 ? back : other, stride: H)
      multiply(
        blas, rows: C, columns: H, inner: T, .init(z, stride: C).transposed, da, adding: true,
        into: .init(gradients.base + index * C * H, stride: H))
      multiply(
        blas, rows: T, columns: C, inner: H, da, .init(values.base + index * C * H, stride: H).transposed,
        adding: index > 0,
        into: dy)
    }
  }

  /// An elementwise operation on `count` elements, shared between the threads.
  private func each(_ count: Int, _ work: FunctionWork) { team.run(count, granule: 1024, work) }
}
