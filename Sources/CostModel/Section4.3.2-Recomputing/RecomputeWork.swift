import Quantities

/// What recomputing costs, layer by layer, in one unit of the caller's: elements or bytes moved, or a time.
///
/// A block remakes the layer inputs of all its layers, and the output streams of all but its last: the last one's
/// are the next block's input, which is held.
///
/// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2.
public struct RecomputeWork: Hashable, Sendable {
  /// Once a block, at its first layer.
  public let perBlock: Int
  /// A_j: sums over layers 1…j of what every recomputed layer costs, for j = 0…L.
  package let layerSums: [Int]
  /// O_j: sums over layers 1…j of what a layer costs besides where it is not the last of its block, for j = 0…L.
  package let innerSums: [Int]

  /// Work by layer.
  ///
  /// - Parameters:
  ///   - perBlock: once a block, at least 0.
  ///   - perLayer: a_l, for every recomputed layer l: its layer input and the norm of it.
  ///   - perInnerLayer: o_l, for every recomputed layer l but a block's last: its output streams.
  /// - Throws: ``RecomputeProblemError`` for negative work or unequal counts; `OverflowError` when the work of all
  ///   layers does not fit in 64 bits.
  public init(perBlock: Int = 0, perLayer: [Int], perInnerLayer: [Int]) throws {
    guard perLayer.count == perInnerLayer.count else {
      throw RecomputeProblemError.unequalCounts(perLayer.count, perInnerLayer.count)
    }
    for work in [perBlock] + perLayer + perInnerLayer {
      try RecomputeProblemError.check("work", work, atLeast: 0)
    }
    var (layerSums, innerSums) = ([Elements.zero], [Elements.zero])
    for (layer, inner) in zip(perLayer, perInnerLayer) {
      layerSums.append(try layerSums[layerSums.count - 1] + Elements(layer))
      innerSums.append(try innerSums[innerSums.count - 1] + Elements(inner))
    }
    _ = try layerSums[perLayer.count] + innerSums[perLayer.count] + (perLayer.count * Elements(perBlock))
    self.init(perBlock: perBlock, layerSums: layerSums.map(\.count), innerSums: innerSums.map(\.count))
  }

  init(perBlock: Int, layerSums: [Int], innerSums: [Int]) {
    self.perBlock = perBlock
    self.layerSums = layerSums
    self.innerSums = innerSums
  }

  /// The same work for every layer.
  ///
  /// - Parameters:
  ///   - layers: L.
  ///   - perBlock: once a block, at least 0.
  ///   - perLayer: a, for every recomputed layer.
  ///   - perInnerLayer: o, for every recomputed layer but a block's last.
  /// - Throws: ``RecomputeProblemError`` for negative work; `OverflowError` when the total does not fit in 64 bits.
  public init(layers: Int, perBlock: Int = 0, perLayer: Int, perInnerLayer: Int) throws {
    try RecomputeProblemError.check("layers", layers, atLeast: 0)
    try self.init(
      perBlock: perBlock, perLayer: Array(repeating: perLayer, count: layers),
      perInnerLayer: Array(repeating: perInnerLayer, count: layers))
  }

  /// Layers that the work is given for.
  public var layers: Int { layerSums.count - 1 }

  /// What recomputing layers i+1…j as one block costs.
  package func ofBlock(from i: Int, to j: Int) -> Int {
    perBlock + layerSums[j] - layerSums[i] + innerSums[j - 1] - innerSums[i]
  }

  /// What a choice costs: the sum over its blocks; stored layers cost nothing.
  ///
  /// - Parameter segments: the whole stage, front to back, of ``layers`` layers.
  /// - Returns: the work.
  /// - Throws: ``RecomputeProblemError/notACover(segments:layers:)``.
  public func work(of segments: [RecomputeSegment]) throws -> Int {
    try RecomputeSegment.check(segments, cover: layers)
    var (first, total) = (0, 0)
    for segment in segments {
      if segment.kind == .recomputed { total += ofBlock(from: first, to: first + segment.layers) }
      first += segment.layers
    }
    return total
  }
}
