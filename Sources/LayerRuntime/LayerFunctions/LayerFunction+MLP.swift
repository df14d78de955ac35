import CMHCKernels

// The two feed-forward functions. a [T, H] are pre-activations, h [T, H] what the activation makes of them.

extension LayerFunction {
  typealias Floats = UnsafeMutablePointer<Float>

  func geluForward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ a: Floats, _ h: Floats, _ y: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (first, second) = (values.base, values.base + C * H)
    blas.multiply(
      rows: T, columns: H, inner: C, .init(z, stride: C), .init(first, stride: H), into: .init(a, stride: H))
    each(T * H, Pointers(a, h, h, h)) { table.gelu($0.a, $1, $0.b) }
    blas.multiply(
      rows: T, columns: C, inner: H, .init(h, stride: H), .init(second, stride: C), into: .init(y, stride: C))
  }

  func geluBackward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ a: Floats, _ scratch: Floats, _ gradient: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (first, second) = (values.base, values.base + C * H)
    let (gradFirst, gradSecond) = (gradients.base, gradients.base + C * H)
    let (h, back) = (scratch, scratch + T * H)
    let dy = OpenBLAS.Matrix(gradient, stride: C)
    each(T * H, Pointers(a, h, h, h)) { table.gelu($0.a, $1, $0.b) }
    blas.multiply(
      rows: H, columns: C, inner: T, .init(h, stride: H).transposed, dy, adding: true,
      into: .init(gradSecond, stride: C))
    blas.multiply(rows: T, columns: H, inner: C, dy, .init(second, stride: C).transposed, into: .init(back, stride: H))
    each(T * H, Pointers(a, back, back, back)) { table.gelu_backward($0.a, $0.b, $1, $0.c) }
    let da = OpenBLAS.Matrix(back, stride: H)
    blas.multiply(
      rows: C, columns: H, inner: T, .init(z, stride: C).transposed, da, adding: true, into: .init(gradFirst, stride: H)
    )
    blas.multiply(rows: T, columns: C, inner: H, da, .init(first, stride: H).transposed, into: dy)
  }

  func swiGLUForward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ saved: Floats, _ h: Floats, _ y: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (a, b) = (saved, saved + T * H)
    for (weight, result) in [(values.base, a), (values.base + C * H, b)] {
      blas.multiply(
        rows: T, columns: H, inner: C, .init(z, stride: C), .init(weight, stride: H), into: .init(result, stride: H))
    }
    each(T * H, Pointers(a, b, h, h)) { table.swiglu($0.a, $0.b, $1, $0.c) }
    blas.multiply(
      rows: T, columns: C, inner: H, .init(h, stride: H), .init(values.base + 2 * C * H, stride: C),
      into: .init(y, stride: C))
  }

  func swiGLUBackward(_ blas: OpenBLAS, _ H: Int, _ z: Floats, _ saved: Floats, _ scratch: Floats, _ gradient: Floats) {
    let (T, C) = (shape.tokens, shape.channels)
    let (a, b) = (saved, saved + T * H)
    let (h, back, other) = (scratch, scratch + T * H, scratch + 2 * T * H)
    let dy = OpenBLAS.Matrix(gradient, stride: C)
    each(T * H, Pointers(a, b, h, h)) { table.swiglu($0.a, $0.b, $1, $0.c) }
    blas.multiply(
      rows: H, columns: C, inner: T, .init(h, stride: H).transposed, dy, adding: true,
      into: .init(gradients.base + 2 * C * H, stride: C))
    blas.multiply(
      rows: T, columns: H, inner: C, dy, .init(values.base + 2 * C * H, stride: C).transposed, into: .init(h, stride: H)
    )
    each(T * H, Pointers(a, b, back, other), and: h) { table.swiglu_backward($0.a, $0.b, $2, $1, $0.c, $0.d) }
    for (index, part) in [back, other].enumerated() {
      let da = OpenBLAS.Matrix(part, stride: H)
      blas.multiply(
        rows: C, columns: H, inner: T, .init(z, stride: C).transposed, da, adding: true,
        into: .init(gradients.base + index * C * H, stride: H))
      blas.multiply(
        rows: T, columns: C, inner: H, da, .init(values.base + index * C * H, stride: H).transposed, adding: index > 0,
        into: dy)
    }
  }

  /// An elementwise operation on `count` elements, shared between the threads.
  private func each(_ count: Int, _ pointers: Pointers, _ body: @Sendable (Pointers, Int) -> Void) {
    team.run(count, granule: 1024) { range, _ in
      let at = range.lowerBound
      body(Pointers(pointers.a + at, pointers.b + at, pointers.c + at, pointers.d + at), range.count)
    }
  }

  private func each(
    _ count: Int, _ pointers: Pointers, and fifth: Floats, _ body: @Sendable (Pointers, Int, Floats) -> Void
  ) {
    let more = Pointers(fifth, fifth, fifth, fifth)
    team.run(count, granule: 1024) { range, _ in
      let at = range.lowerBound
      body(
        Pointers(pointers.a + at, pointers.b + at, pointers.c + at, pointers.d + at), range.count, more.a + at)
    }
  }
}
