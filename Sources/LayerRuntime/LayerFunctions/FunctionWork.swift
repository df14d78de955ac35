import CMHCKernels

/// An operation of a layer function that threads share: elementwise, or row by row.
struct FunctionWork: TeamWork, @unchecked Sendable {
  /// The operations, with what the addresses are.
  enum Operation: Sendable {
    /// a pre-activations, b the result.
    case gelu
    /// a pre-activations, b the gradient, replaced.
    case geluBackward
    /// a and b pre-activations, c the result.
    case swiGLU
    /// a and b pre-activations, e the gradient; c and d take those of a and b.
    case swiGLUBackward
    /// a input, b the result, c takes 1/r, d the weight; rows of `columns`.
    case norm
    /// a the gradient, replaced, b input, c 1/r, d the weight, e every thread's sum for the weight's gradient.
    case normBackward
    /// a scores of `columns`, replaced.
    case softmax
    /// a weights, b their gradient, replaced.
    case softmaxBackward
  }

  let operation: Operation
  let table: mhck_table
  let a, b, c, d, e: UnsafeMutablePointer<Float>
  var columns = 1
  var scale: Float = 1

  init(
    _ operation: Operation, _ table: mhck_table, _ a: UnsafeMutablePointer<Float>,
    _ b: UnsafeMutablePointer<Float>? = nil, _ c: UnsafeMutablePointer<Float>? = nil,
    _ d: UnsafeMutablePointer<Float>? = nil, _ e: UnsafeMutablePointer<Float>? = nil
  ) {
    self.operation = operation
    self.table = table
    (self.a, self.b, self.c, self.d, self.e) = (a, b ?? a, c ?? a, d ?? a, e ?? a)
  }

  static let part: mhck_part = { TeamJob<FunctionWork>.run($0, $1) }

  func run(_ range: Range<Int>, thread: Int) {
    let (first, count) = (range.lowerBound, range.count)
    let at = first * columns
    switch operation {
    case .gelu: table.gelu(a + at, count, b + at)
    case .geluBackward: table.gelu_backward(a + at, b + at, count, b + at)
    case .swiGLU: table.swiglu(a + at, b + at, count, c + at)
    case .swiGLUBackward: table.swiglu_backward(a + at, b + at, e + at, count, c + at, d + at)
    case .norm: table.norm(a + at, d, count, columns, LayerFunction.normEpsilon, b + at, c + first)
    case .normBackward:
      table.norm_backward(a + at, b + at, d, c + first, count, columns, a + at, e + thread * columns)
    case .softmax: table.causal_softmax(a + at, count, columns, first, scale)
    case .softmaxBackward: table.softmax_backward(a + at, b + at, count, columns, scale)
    }
  }
}
