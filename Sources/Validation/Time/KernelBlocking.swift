import LayerRuntime

/// How the kernels share what they load: numbers of their source, not of any measurement.
struct KernelBlocking {
  /// Numbers of one vector of the kernels' source.
  static let lanes = 16.0
  /// Tokens of a tile.
  static let tileTokens = 16
  /// Rows of x whose sums are in registers at once in the projection.
  let projectionRows: Int
  /// Rows of x that share one read of φ from beyond the nearest cache, where φ is large.
  private let mostSharedRows: Int
  /// Bytes of φ up to which no more rows share a read of it than are in registers.
  private static let nearBytes = Double(512 << 10)
  /// Rows of x that share one read of so many bytes of φ.
  func sharedRows(table: Double) -> Int { table <= Self.nearBytes ? projectionRows : mostSharedRows }
  /// Rows that share one read of φ and one update of its gradient, backwards.
  let jointRows = 16
  /// Bytes of φ and of its gradient that all rows are taken through before the next, where rows are walked one by one.
  static let sliceBytes = 256.0 * 1024
  /// Channels of every segment whose part of φ and of its gradient makes up a slice.
  func sliceChannels(segments: Int, outputs: Int) -> Int {
    let strips = Int(Self.sliceBytes) / (2 * 4 * Self.stripChannels * segments * outputs)
    return max(1, strips) * Self.stripChannels
  }
  /// Channels of a strip.
  private static let stripChannels = 32
  /// Bytes of a thread's streams beyond which rows are fetched two tokens ahead.
  static let farBytes = Double(4 << 20)
  /// Bytes of a row from which on they are not.
  static let followedBytes = 8 << 10
  /// Columns of x that the projection takes at a time.
  let projectionColumns: Int
  /// Whether there are registers for pre-mix and merge between the products of a projection, and for all sums of four
  /// streams' gradients.
  let joinsOperations: Bool
  /// How often a thread looks for the next call before it sleeps.
  static let patience = 2000.0
  /// Whether products of bfloat16 streams take them as they are stored.
  let multipliesBFloat16: Bool
  /// Whether they take tiles of them.
  let multipliesTiles: Bool
  /// Whether rows of bfloat16 are fetched in the order in which they lie, backwards.
  let fetchesInOrder: Bool
  /// Whether pre-mix and merge of bfloat16 streams go on between products, as those of float32 do.
  let mixesBFloat16: Bool

  init(_ variant: KernelVariant) {
    multipliesTiles = variant.name == "avx512-amx"
    multipliesBFloat16 = multipliesTiles || variant.name == "avx512-bf16-pairs"
    mixesBFloat16 = multipliesTiles || variant.name == "avx512-bf16"
    fetchesInOrder = mixesBFloat16
    joinsOperations = variant.name.hasPrefix("avx512")
    switch variant.name {
    case "avx512", "avx512-bf16", "avx512-bf16-pairs", "avx512-amx":
      (projectionRows, mostSharedRows, projectionColumns) = (8, 16, 256)
    case "avx2", "neon": (projectionRows, mostSharedRows, projectionColumns) = (4, 4, 512)
    default: (projectionRows, mostSharedRows, projectionColumns) = (2, 2, 512)
    }
  }
}
