import CostModel
import LayerRuntime
import Quantities

/// A layer function of the runtime as the ledger has it.
struct ModelledFunction {
  /// Rows of parameters, work and saved tensors; the pre-norm's weight alone for the identity.
  let ledger: LayerFunctionLedger
  /// A value for every symbol in them.
  let values: SymbolValues
  private let kind: LayerFunctionKind
  private let shape: LayerShape

  init(_ kind: LayerFunctionKind, _ shape: LayerShape) {
    self.kind = kind
    self.shape = shape
    var values = SymbolValues(streams: shape.streams, channels: shape.channels)
    values[.sequence] = shape.tokens
    switch kind {
    case .identity:
      let norm = DenseFeedForward(intermediate: 0, isGated: false).ledger.parameters.filter { $0.name == "pre-norm" }
      ledger = LayerFunctionLedger(parameters: norm)
    case .gelu(let hidden), .swiGLU(let hidden):
      let isGated = if case .swiGLU = kind { true } else { false }
      ledger = DenseFeedForward(intermediate: hidden, isGated: isGated).ledger
      values[.intermediate] = hidden
    case .attention(let heads):
      let width = shape.channels / heads
      ledger = GroupedAttention(heads: heads, keyValueHeads: heads, headDimension: width).ledger
      values[.heads] = heads
      values[.keyValueHeads] = heads
      values[.headDimension] = width
    }
    self.values = values
  }

  /// What the real function makes again in its backward pass, where the ledger keeps it: what the activation function
  /// puts out, and the log-sum-exp of scores that are made again as a whole.
  private static let remade: Set = ["GELU output", "SwiGLU output", "log-sum-exp"]

  /// Elements a token that the real function keeps.
  func savedElements() throws(OverflowError) -> Int {
    let rows = ledger.saved.filter { !Self.remade.contains($0.tensor) }
    return try rows.reduce(Formula.zero) { $0 + $1.elementsPerToken }.evaluate(at: values)
  }

  /// Learned scalars, the pre-norm's weight included.
  func parameters() throws(OverflowError) -> Int { try ledger.parameterCount.evaluate(at: values) }

  /// Floats inside the backward pass: the activation's output again and the gradients of the hidden tensors; with
  /// attention the gradients of q, k, v and the core's output, and the scores of one head with their gradient.
  func workspace() throws(OverflowError) -> Int {
    let (T, C) = (shape.tokens, shape.channels)
    return switch kind {
    case .identity: 0
    case .gelu(let hidden): try product("activation and its gradient", 2, T, hidden)
    case .swiGLU(let hidden): try product("activation and two gradients", 3, T, hidden)
    case .attention: try (Elements(product("gradients", 4, T, C)) + Elements(product("scores", 2, T, T))).count
    }
  }
}
