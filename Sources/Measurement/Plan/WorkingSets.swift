import CostModel
import Quantities

/// The sizes at which memory is measured: within, between and beyond the caches.
enum WorkingSets {
  /// What is taken for caches that the system does not tell of.
  static let assumedCaches = [
    CacheSize(level: 1, size: Bytes(32 << 10), sharedBy: 1), CacheSize(level: 2, size: Bytes(1 << 20), sharedBy: 1),
    CacheSize(level: 3, size: Bytes(32 << 20), sharedBy: 1 << 10),
  ]

  /// Sizes of all threads' arrays together, rising.
  ///
  /// Half of each level, where nothing else competes for it; the whole of the levels beyond the first, where the next
  /// begins to serve; and two, four and, with time, eight times the last.
  ///
  /// - Parameters:
  ///   - caches: nearest first; not empty.
  ///   - threads: a level that not all of them share counts once for each of them.
  ///   - effort: with time, sizes between these.
  ///   - limit: no size above it.
  /// - Returns: the sizes.
  static func sizes(_ caches: [CacheSize], threads: Int, effort: Effort, limit: Bytes) -> [Bytes] {
    var sizes: Set<Int> = []
    for (index, cache) in caches.enumerated() {
      let instances = cache.sharedBy >= threads ? 1 : threads / max(1, cache.sharedBy)
      let whole = instances * cache.size.count
      sizes.insert(whole / 2)
      if index > 0 {
        sizes.insert(whole)
        sizes.insert(whole / 4)
      }
      if effort == .full { sizes.formUnion([whole / 4 * 3, whole * 3 / 2]) }
    }
    let last = caches.last.map { $0.size.count * max(1, threads / max(1, $0.sharedBy)) } ?? 1 << 25
    sizes.formUnion([2 * last, 4 * last])
    if effort == .full { sizes.insert(8 * last) }
    return sizes.filter { $0 <= limit.count }.sorted().map { Bytes($0) }
  }

  /// The sizes at which rows are walked side by side: half of each level, and around the last.
  ///
  /// - Parameters: as for ``sizes(_:threads:effort:limit:)``.
  /// - Returns: the sizes, rising.
  static func rowSizes(_ caches: [CacheSize], threads: Int, effort: Effort, limit: Bytes) -> [Bytes] {
    func whole(_ cache: CacheSize) -> Int {
      (cache.sharedBy >= threads ? 1 : threads / max(1, cache.sharedBy)) * cache.size.count
    }
    let last = caches.last.map(whole) ?? 1 << 25
    let near = caches.dropLast().map { whole($0) / 2 }
    let own = (near.last ?? last / 16) * 2
    var sizes = Set(near + [min(4 * own, last / 4), last / 2, last, 2 * last])
    if effort == .full { sizes.formUnion([own, last / 4 * 3, 4 * last]) }
    return sizes.filter { (1...max(1, limit.count)).contains($0) }.sorted().map { Bytes($0) }
  }
}
