/// Layers in a row, trained one step at a time: forward, loss, backward.
///
/// The loss is ½ Σ x_L²: its gradient is the last stream itself, so it needs no memory and no operation.
/// Gradients are the same to the bit whatever is recomputed: the same kernels run on the same numbers.
public final class LayerStack {
  /// How a stack is built.
  public struct Configuration: Hashable, Sendable {
    /// The connection of every layer.
    public var connection: ConnectionKind
    /// T, n and C.
    public var shape: LayerShape
    /// The convention of every connection.
    public var convention: Convention
    /// How connections are cut into kernels.
    public var implementation: Implementation
    /// The layer functions, front to back.
    public var functions: [LayerFunctionKind]
    /// Whether every function begins with a norm.
    public var hasPreNorm = true
    /// What is kept.
    public var blocks = RecomputeBlocks.stored
    /// Whether H_pre, H_post and H_res are kept rather than made again.
    public var keepsCoefficients = true
    /// How streams are stored.
    public var format = StreamFormat.float32
    /// The kernels.
    public var variant = KernelVariant.best
    /// The threads.
    public var team = ThreadTeam.single

    /// A stack of these layers.
    public init(
      _ connection: ConnectionKind, _ shape: LayerShape, _ convention: Convention, _ implementation: Implementation,
      functions: [LayerFunctionKind]
    ) {
      self.connection = connection
      self.shape = shape
      self.convention = convention
      self.implementation = implementation
      self.functions = functions
    }
  }

  /// One layer and what it holds at the moment.
  final class Layer {
    let connection: ConnectionLayer
    let function: LayerFunction
    var x: Streams?
    var u, z, inverse, y: Region<Float>?

    init(_ connection: ConnectionLayer, _ function: LayerFunction) {
      self.connection = connection
      self.function = function
    }
  }

  /// How the stack was built.
  public let configuration: Configuration
  /// Where its buffers are.
  public let arena: Arena
  let layers: [Layer]
  let blockSizes: [Int]
  private let scratch: ConnectionScratch?

  /// A stack whose parameters are random, the same for the same seed.
  /// - Throws: ``RuntimeError`` for sizes that do not fit together, without OpenBLAS, or without room.
  public init(_ configuration: Configuration, seed: UInt64 = 1, arena: Arena) throws(RuntimeError) {
    let c = configuration
    guard !c.functions.isEmpty else { throw .invalid("layers", expected: "at least 1", found: "0") }
    guard c.implementation != .reference else {
      throw .invalid("implementation", expected: "unfused, fused or fastest", found: "reference")
    }
    guard c.connection != .residual || c.shape.streams == 1 else {
      throw .invalid("streams", expected: "1 with a residual connection", found: "\(c.shape.streams)")
    }
    try c.convention.check()
    self.configuration = c
    self.arena = arena
    blockSizes = try c.blocks.sizes(layers: c.functions.count)
    let kernels = ConnectionKernels(
      kind: c.connection, shape: c.shape, convention: c.convention, format: c.format, variant: c.variant, team: c.team)
    if let sizes = ConnectionSizes(c.connection, c.shape) {
      scratch = try ConnectionScratch(
        sizes, c.shape, iterations: c.convention.iterations, team: c.team, arena: arena)
    } else {
      scratch = nil
    }
    let plan = ConnectionPlan(c.connection, c.implementation, channels: c.shape.channels)
    var layers: [Layer] = []
    var numbers = StackNumbers(state: seed)
    for kind in c.functions {
      let layer = Layer(
        try ConnectionLayer(kernels, plan, scratch, arena),
        try LayerFunction(
          kind, hasPreNorm: c.hasPreNorm, c.shape, variant: c.variant, team: c.team, arena: arena))
      numbers.fill(layer, c.shape)
      layers.append(layer)
    }
    self.layers = layers
    if c.functions.contains(where: { $0 != .identity }) { _ = try OpenBLAS.load() }
  }

  /// Every gradient of every parameter, layer by layer: φ, α, b, the function's weights, its norm.
  public var parameterGradients: [Float] {
    layers.flatMap { layer in
      Array(layer.connection.parameters?.gradients.elements ?? .init(start: nil, count: 0))
        + Array(layer.function.gradients.elements)
    }
  }

  /// Every parameter, in the same order.
  public var parameters: [Float] { parameterRegions.flatMap { Array($0.elements) } }

  private var parameterRegions: [Region<Float>] {
    layers.flatMap { [$0.connection.parameters?.values, $0.function.values].compactMap { $0 } }
  }

  /// Sets every parameter.
  /// - Parameter values: as many as ``parameters`` has, in its order.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``; nothing is changed then.
  public func setParameters(_ values: [Float]) throws(RuntimeError) {
    let count = parameterRegions.reduce(0) { $0 + $1.count }
    guard values.count == count else { throw .length("parameters", expected: count, found: values.count) }
    var rest = values[...]
    for region in parameterRegions {
      for (index, value) in rest.prefix(region.count).enumerated() { region.base[index] = value }
      rest = rest.dropFirst(region.count)
    }
  }

  /// Sets all gradients to zero.
  public func clearGradients() {
    for layer in layers {
      layer.connection.parameters?.clearGradients()
      layer.function.gradients.elements.update(repeating: 0)
    }
  }
}

/// Reproducible parameters: uniform, of the variance that keeps activations near 1.
private struct StackNumbers {
  var state: UInt64

  private mutating func uniform() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) * 0x1p-23 - 1
  }

  mutating func fill(_ layer: LayerStack.Layer, _ shape: LayerShape) {
    if let parameters = layer.connection.parameters {
      let sizes = parameters.sizes
      let scale = (3 / Float(sizes.inputs)).squareRoot()
      for index in 0..<sizes.weights { parameters.phi[index] = uniform() * scale }
      for index in 0..<sizes.scales { parameters.alpha[index] = 0.5 }
      for index in 0..<sizes.coefficients { parameters.bias[index] = uniform() * 0.3 }
    }
    let scale = (3 / Float(shape.channels)).squareRoot()
    for index in 0..<layer.function.values.count - shape.channels {
      layer.function.values.base[index] = uniform() * scale
    }
  }
}
