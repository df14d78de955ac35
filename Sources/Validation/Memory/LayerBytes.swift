import CostModel
import LayerRuntime
import Quantities

/// What one layer of a stack holds, by purpose and by how long: the ledger's saved tensors at the stack's sizes.
///
/// The runtime departs from the ledger in three places, each a row here: a residual's layer output is kept, as the
/// recompute of its stream needs it; a bfloat16 residual's stream is widened once for the layer function; and the norm
/// keeps the inverse root of every token while its block is at work.
struct LayerBytes {
  /// σ: its input streams.
  let streams: Int
  /// From its forward to its backward pass, whatever is recomputed.
  private(set) var resident: [Purpose: Int] = [:]
  /// While its block is recomputed, or from forward to backward where everything is stored.
  private(set) var transient: [Purpose: Int] = [:]
  /// Inside its own backward pass.
  private(set) var working: [Purpose: Int] = [:]
  /// Learned scalars of connection, function and norm, and as many gradients.
  let parameters: Int

  /// The sizes of layer `index`.
  init(_ c: LayerStack.Configuration, layer index: Int) throws {
    let ledger = ConnectionLedger.of(c.connection, c.implementation, keepsCoefficients: c.keepsCoefficients)
    let function = ModelledFunction(c.functions[index], c.shape)
    let values = SymbolValues(c.shape, c.convention)
    let precision = Precision(stream: c.format.modelled, activation: .float32)
    let T = c.shape.tokens
    func bytes(_ access: TensorAccess) throws(OverflowError) -> Int {
      let elements = try product(access.tensor, T, try access.elements.evaluate(at: values))
      return try precision.format(of: access.tensorClass).bytes(Elements(elements)).count
    }
    func floats(_ what: String, _ count: Int) throws(OverflowError) -> Int { try product(what, 4, count) }

    var (streams, coefficients) = (0, 0)
    for saved in ledger.saved where c.hasPreNorm || saved.tensor.tensor != "norm(u)" {
      let size = try bytes(saved.tensor)
      switch (saved.lifetime, saved.tensor.tensorClass) {
      case (.stream, _): streams = size
      case (.everyLayer, .activation): resident[.layerOutput, default: 0] += size
      case (.everyLayer, _): resident[.coefficient, default: 0] += size
      case (.transient, .activation): transient[.transient, default: 0] += size
      case (.transient, _): transient[.coefficient, default: 0] += size
      }
      if saved.tensor.tensorClass == .coefficient { coefficients += size }
    }
    self.streams = streams
    let channels = try floats("a layer's input", T * c.shape.channels)
    if c.connection == .residual {
      resident[.layerOutput, default: 0] += channels
      if c.format == .bfloat16 { transient[.transient, default: 0] += channels }
    }
    if c.hasPreNorm { transient[.coefficient, default: 0] += try floats("norm statistics", T) }
    resident[.layerSaved] = try floats("saved tensors of F", try product("saved", T, try function.savedElements()))

    // Gradients: the stream's before and after the layer, the layer function's, and one for every number that the
    // coefficients are made of.
    working[.gradient] = 2 * streams + channels + coefficients
    let isUnfused = c.implementation == .unfused && c.connection != .residual
    working[.scratch] = max(
      try floats("workspace of F", try function.workspace()),
      c.hasPreNorm ? try floats("sums of the norm's weight", c.team.count * c.shape.channels) : 0,
      // The gradients of the stream through H_pre and through the coefficients: tensors of their own in Table 2.
      isUnfused ? 2 * streams : 0)
    parameters = try floats(
      "parameters", try (Elements(ledger.parameters.evaluate(at: values)) + Elements(function.parameters())).count)
  }
}
