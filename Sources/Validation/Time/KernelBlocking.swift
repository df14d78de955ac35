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
  private static let mostSharedRows = 16
  /// Bytes of φ up to which no more rows share a read of it than are in registers.
  private let nearBytes: Double
  /// Rows of x that share one read of so many bytes of φ.
  func sharedRows(table: Double) -> Int { table <= nearBytes ? projectionRows : Self.mostSharedRows }
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
  /// Columns of x that the projection takes at a time; of float32 on a Zen 5 twice as many, which only its probes follow.
  let projectionColumns = 256
  /// How often a thread looks for the next call, and for how long it then looks between what others do, before it sleeps.
  static let patience = 2000.0
  static let courtesySeconds = 1e-3
  /// Whether products of bfloat16 streams take them as they are stored.
  let multipliesBFloat16: Bool
  /// Whether they take tiles of them.
  let multipliesTiles: Bool
  /// Whether rows of bfloat16 are fetched in the order in which they lie, backwards.
  let fetchesInOrder: Bool
  /// Whether pre-mix and merge of bfloat16 streams go with the projection, as those of float32 do: between its products where there
  /// are registers for it, before them elsewhere.
  let mixesBFloat16: Bool
  /// Whether a merge of float32 goes through some channels of one stream after the other: it fetches no rows itself.
  let mergesStrips: Bool

  init(_ variant: KernelVariant) {
    multipliesTiles = variant.name == "avx512-amx"
    multipliesBFloat16 = multipliesTiles || variant.name == "avx512-bf16-pairs"
    let isWide = variant.name.hasPrefix("avx512")
    fetchesInOrder = multipliesTiles || variant.name == "avx512-bf16"
    mergesStrips = !isWide
    mixesBFloat16 = fetchesInOrder || !isWide
    nearBytes = isWide ? Double(512 << 10) : 0
    projectionRows = isWide ? 8 : ["avx2", "neon"].contains(variant.name) ? 4 : 2
  }
}
