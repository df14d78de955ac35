import CostModel

/// How many bytes were touched since each tensor was last used: the reuse distance that decides which cache has it.
///
/// Distances are those of whole tensors, operation after operation: the bytes of all tensors touched from the last use
/// up to the operation that comes back. A tensor stored past the caches is in none of them.
struct CacheHistory {
  private var last: [String: Int] = [:]
  private var bytes: [String: Double] = [:]
  private var time = 0
  /// The distance of what was never touched, or went past the caches: far beyond any cache.
  static let memory = 1e12

  /// The distance of every touch of an operation, which then counts as done.
  mutating func distances(_ work: Work) -> [Double] {
    let found = work.touches.map { $0.reuse ?? distance($0.buffer) }
    time += 1
    for touch in work.touches {
      last[touch.buffer] = touch.store == .streaming ? nil : time
      // A tensor that a tile comes back to is as large as when it was first touched.
      if touch.reuse == nil || bytes[touch.buffer] == nil { bytes[touch.buffer] = touch.footprint }
    }
    return found
  }

  private func distance(_ buffer: String) -> Double {
    guard let since = last[buffer] else { return Self.memory }
    return last.reduce(0) { $1.value >= since ? $0 + (bytes[$1.key] ?? 0) : $0 }
  }
}
