import CostModel

/// One case run so often and not timed, for a cache simulator to look at.
public struct Replay: Hashable, Sendable {
  /// The case.
  public var name: String
  /// Bytes that one run loads from memory by the ledger, the lines of ordinary stores included.
  public var loadedBytes: Int
  /// Bytes that one run writes to memory by the ledger.
  public var storedBytes: Int

  /// Runs a case.
  ///
  /// - Parameters:
  ///   - name: a case of ``Validator/names(_:)`` that is timed.
  ///   - times: how often.
  ///   - cacheBytes: what the last cache holds; what was touched within so many bytes is not loaded again.
  /// - Returns: the ledger's traffic of one run; nil where there is no such case.
  /// - Throws: `RuntimeError` for a case that cannot be run here.
  public static func run(_ name: String, times: Int, cacheBytes: Int) throws -> Replay? {
    guard let timeCase = try TimeCases.all(quick: false).joined().first(where: { $0.name == name }) else { return nil }
    let running = try RunningCase(timeCase)
    for _ in 0..<times { try running.run() }
    let works = try timeCase.works()
    var history = CacheHistory()
    for work in works { _ = history.distances(work) }
    var (loaded, stored) = (0.0, 0.0)
    for work in works {
      for (touch, distance) in zip(work.touches, history.distances(work)) where distance > Double(cacheBytes) {
        switch touch.store {
        case nil: loaded += touch.bytes
        // The line is read first, past the caches too where a simulator knows no other store.
        case .ordinary, .streaming:
          loaded += touch.bytes
          stored += touch.bytes
        case .inPlace: stored += touch.bytes
        }
      }
    }
    return Replay(name: name, loadedBytes: Int(loaded), storedBytes: Int(stored))
  }
}
