import LayerRuntime

/// How the kernels share what they load: numbers of their source, not of any measurement.
struct KernelBlocking {
  /// Numbers of one vector of the kernels' source.
  static let lanes = 16.0
  /// Tokens of a tile.
  static let tileTokens = 16
  /// Rows of x that share one read of φ in the projection.
  let projectionRows: Int
  /// Rows that share one read of φ and one update of its gradient, backwards.
  let jointRows = 48

  init(_ variant: KernelVariant) {
    projectionRows =
      switch variant.name {
      case "avx512", "avx512-bf16": 8
      case "avx2", "neon": 4
      default: 2
      }
  }
}
