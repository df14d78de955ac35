public import CostModel
public import Quantities

/// What is measured: every probe by its parameters, before any is run.
public struct MeasurementPlan: Hashable, Sendable {
  /// Numbers of threads.
  public var threadCounts: [Int]
  /// Mixes of reads and writes.
  public var mixes: [MemoryMix]
  /// Working sets by number of threads.
  public var workingSets: [Int: [Bytes]]
  /// Mixes that are walked row by row, or with arithmetic on what is read.
  public var rows: [RowedMix] = []
  /// Working sets of these by number of threads.
  public var rowSets: [Int: [Bytes]] = [:]
  /// Streaming stores row by row are measured from this working set on.
  public var streamingSize = Bytes(1)
  /// Matrix products.
  public var products: [ProductShape]
  /// Kinds of vector work.
  public var vectorWork: [VectorWork]
  /// States from which parallel calls are started.
  public var starts: [StartState] = StartState.allCases
  /// The time it may take.
  public var effort: Effort

  /// A plan of these probes.
  public init(
    threadCounts: [Int], mixes: [MemoryMix], workingSets: [Int: [Bytes]], products: [ProductShape],
    vectorWork: [VectorWork], effort: Effort
  ) {
    self.threadCounts = threadCounts
    self.mixes = mixes
    self.workingSets = workingSets
    self.products = products
    self.vectorWork = vectorWork
    self.effort = effort
  }

  /// The plan of the command `measure`.
  ///
  /// - Parameters:
  ///   - caches: The data caches, nearest first.
  ///   - threads: The most threads; one, half as many and as many are measured.
  ///   - memory: The machine's memory; no working set takes more than a quarter of it, or than 2 GiB.
  ///   - effort: How much time it may take.
  public init(caches: [CacheSize], threads: Int, memory: Bytes, effort: Effort) {
    let limit = Bytes(min(memory.count / 4, 2 << 30))
    let counts = Set([1, threads / 2, threads].filter { $0 >= 1 }).sorted()
    let known = caches.isEmpty ? WorkingSets.assumedCaches : caches
    self.init(
      threadCounts: counts, mixes: Self.mixes(effort),
      workingSets: Dictionary(
        uniqueKeysWithValues: counts.map {
          ($0, WorkingSets.sizes(known, threads: $0, effort: effort, limit: limit))
        }),
      products: Self.products(effort), vectorWork: VectorWork.allCases, effort: effort)
    rows = RowedMix.all(effort)
    rowSets = Dictionary(
      uniqueKeysWithValues: counts.map {
        ($0, WorkingSets.rowSizes(known, threads: $0, effort: effort, limit: limit))
      })
    streamingSize = Bytes(known.last?.size.count ?? 1)
  }

  /// The mixes that kernels of a connection have with four streams, and those at the ends.
  private static func mixes(_ effort: Effort) -> [MemoryMix] {
    let both: [(Int, Int)] = [(0, 1), (1, 1), (2, 1), (4, 1), (1, 4), (4, 4), (5, 4), (9, 8)]
    let inPlace: [(Int, Int)] = [(1, 1), (8, 4)]
    let reads = [1, 4].compactMap { MemoryMix(reads: $0, writes: 0) }
    let more: [(Int, Int)] = effort == .full ? [(9, 5)] : []
    return reads
      + (both + more).flatMap { mix in
        [StoreKind.ordinary, .streaming].compactMap { MemoryMix(reads: mix.0, writes: mix.1, store: $0) }
      } + inPlace.compactMap { MemoryMix(reads: $0.0, writes: $0.1, store: .inPlace) }
  }

  /// Square products, the projection of mHC, and the products of a feed-forward function with four times as many hidden
  /// channels: up and down, forwards and backwards.
  private static func products(_ effort: Effort) -> [ProductShape] {
    let squares = effort == .full ? [128, 256, 512, 1024, 2048] : [256, 512, 1024]
    let layers =
      effort == .full ? [(128, 256), (512, 256), (256, 512), (1024, 512), (1024, 1024)] : [(256, 256), (512, 512)]
    let projection = [ProductShape(rows: 1024, columns: 24, inner: 4096)]
    let feedForward = layers.flatMap { tokens, channels in
      [(channels, 4 * channels), (4 * channels, channels)].flatMap { inner, outer in
        [
          ProductShape(rows: tokens, columns: outer, inner: inner),
          ProductShape(rows: tokens, columns: inner, inner: outer, form: .rightTransposed),
          ProductShape(rows: inner, columns: outer, inner: tokens, form: .leftTransposed),
        ]
      }
    }
    return (squares.map { ProductShape(rows: $0, columns: $0, inner: $0) } + projection + feedForward).compactMap { $0 }
  }
}
