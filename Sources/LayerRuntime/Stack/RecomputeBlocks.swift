/// What a stack keeps from forward to backward.
public enum RecomputeBlocks: Hashable, Sendable {
  /// Everything.
  case stored
  /// The input streams of every block and what the paper's Table 3 stores in every layer; the rest of a block is made
  /// again when its backward pass begins. Sizes front to back; they add up to the layers.
  case blocks([Int])

  /// Equal blocks, the last one smaller where they do not divide.
  public static func equal(layers: Int, size: Int) -> RecomputeBlocks {
    guard size > 0 else { return .blocks([]) }
    return .blocks(stride(from: 0, to: layers, by: size).map { min(size, layers - $0) })
  }

  /// The sizes of the blocks; one block where everything is stored.
  func sizes(layers: Int) throws(RuntimeError) -> [Int] {
    guard case .blocks(let sizes) = self else { return [layers] }
    guard sizes.allSatisfy({ (1...layers).contains($0) }), sizes.reduce(0, +) == layers else {
      throw .invalid("blocks", expected: "sizes above 0 that add up to \(layers)", found: "\(sizes)")
    }
    return sizes
  }
}
