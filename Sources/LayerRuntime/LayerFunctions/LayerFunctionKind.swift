/// The layer functions that the runtime has.
public enum LayerFunctionKind: Hashable, Sendable {
  /// F(z) = z.
  case identity
  /// gelu(z W₁) W₂, by the tanh form.
  case gelu(hidden: Int)
  /// (silu(z W₁) · (z W₂)) W₃.
  case swiGLU(hidden: Int)
  /// Causal attention over the call's tokens as one sequence; heads divide the channels.
  case attention(heads: Int)

  /// Weights, without the pre-norm's.
  func weights(channels C: Int) -> Int {
    switch self {
    case .identity: 0
    case .gelu(let hidden): 2 * C * hidden
    case .swiGLU(let hidden): 3 * C * hidden
    case .attention: 4 * C * C
    }
  }

  /// Elements a token that it keeps for its backward pass besides its input and output.
  func savedElements(channels C: Int) -> Int {
    switch self {
    case .identity: 0
    case .gelu(let hidden): hidden
    case .swiGLU(let hidden): 2 * hidden
    case .attention: 4 * C
    }
  }

  /// Elements of scratch that one call of the backward pass needs, at least as many as the forward pass.
  func scratchElements(tokens T: Int, channels C: Int) -> Int {
    switch self {
    case .identity: 0
    case .gelu(let hidden): 2 * T * hidden
    case .swiGLU(let hidden): 3 * T * hidden
    case .attention: 4 * T * C + 2 * T * T
    }
  }

  /// Throws unless the sizes are ones that a matrix product takes.
  func check(_ shape: LayerShape) throws(RuntimeError) {
    let limit = Int(Int32.max)
    guard shape.tokens <= limit else {
      throw .invalid("tokens", expected: "at most \(limit)", found: "\(shape.tokens)")
    }
    switch self {
    case .identity: break
    case .gelu(let hidden), .swiGLU(let hidden):
      guard (1...1 << 24).contains(hidden) else {
        throw .invalid("hidden", expected: "1 to \(1 << 24)", found: "\(hidden)")
      }
    case .attention(let heads):
      guard heads >= 1, shape.channels % heads == 0 else {
        throw .invalid("heads", expected: "a divisor of \(shape.channels)", found: "\(heads)")
      }
      guard shape.tokens <= 1 << 17, shape.channels <= limit / 4 else {
        throw .invalid("tokens", expected: "at most \(1 << 17) with attention", found: "\(shape.tokens)")
      }
    }
  }
}
