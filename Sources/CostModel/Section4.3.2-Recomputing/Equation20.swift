import Quantities

/// The paper's rule for one recompute block size, as printed.
///
/// ```text
/// L_r* = argmin over L_r of [ nC·⌈L/L_r⌉ + (n+2)C·L_r ] ≈ √(nL/(n+2))
/// ```
/// It adds the inputs of all blocks to the transient peak of one block. What the layer functions keep is left out,
/// and so is that the inputs of blocks behind the backward pass are gone; ``RecomputeProblem`` has both.
///
/// - Source: mHC (arXiv:2512.24880) Eq. (20), §4.3.2.
public struct Equation20: Hashable, Sendable {
  /// L: residual layers, two a Transformer layer.
  public let layers: Int
  /// What one more block holds, in channels: n.
  public let perBlock: Int
  /// What one more layer in a block needs, in channels: n+2.
  public let perLayer: Int

  /// The rule for a stage.
  ///
  /// - Parameters:
  ///   - layers: L, at least 1.
  ///   - streams: n, at least 1.
  /// - Throws: ``RecomputeProblemError`` for a size below 1; `OverflowError` when the cost of one block of all
  ///   layers, or of a block a layer, does not fit in 64 bits.
  public init(layers: Int, streams: Int) throws {
    try RecomputeProblemError.check("layers", layers, atLeast: 1)
    try RecomputeProblemError.check("streams", streams, atLeast: 1)
    let values = SymbolValues(streams: streams, channels: 1)
    self.layers = layers
    perBlock = try Table3.streams.evaluate(at: values)
    perLayer = try Table3.perLayerOfBlock.evaluate(at: values)
    // Both terms are largest at one end of 1…L.
    _ = try Elements(try product("nC⌈L/L_r⌉", perBlock, layers)) + Elements(product("(n+2)C L_r", perLayer, layers))
  }

  /// What the paper minimises, at one block size and in channels.
  /// - Parameter blockLayers: L_r, in 1…L.
  /// - Returns: n⌈L/L_r⌉ + (n+2)L_r.
  public func cost(blockLayers: Int) -> Int {
    perBlock * ((layers + blockLayers - 1) / blockLayers) + perLayer * blockLayers
  }

  /// Every block size with the least cost, ascending; ties are common.
  public var minimisers: [Int] {
    let least = minimum
    return (1...layers).filter { cost(blockLayers: $0) == least }
  }

  /// The least cost, in channels.
  public var minimum: Int { (1...layers).map(cost).min() ?? 0 }

  /// √(nL/(n+2)), the minimiser if block sizes were real numbers.
  public var estimate: Double { (Double(perBlock) * Double(layers) / Double(perLayer)).squareRoot() }
}
