import Dispatch

/// Threads that share the tokens of a call.
///
/// Tokens are divided the same way in every call, so results do not depend on which thread is quick.
public struct ThreadTeam: Hashable, Sendable {
  /// How many threads take part.
  public let count: Int

  /// Tokens a thread takes at a time; the coefficient kernels work on as many at once.
  static let granule = 16

  /// A team.
  /// - Throws: ``RuntimeError/invalid(_:expected:found:)`` outside 1...256.
  public init(_ count: Int) throws(RuntimeError) {
    guard (1...256).contains(count) else { throw .invalid("threads", expected: "1 to 256", found: "\(count)") }
    self.count = count
  }

  /// A single thread: the caller's.
  public static let single = ThreadTeam(unchecked: 1)
  private init(unchecked count: Int) { self.count = count }

  /// Runs `body` on consecutive ranges of `0..<total`, one a thread, and waits for all of them.
  /// - Parameters:
  ///   - total: what is shared, such as tokens.
  ///   - granule: ranges begin at multiples of it.
  ///   - body: takes a range and the number of the thread, below ``count``.
  func run(_ total: Int, granule: Int = Self.granule, _ body: @Sendable (Range<Int>, Int) -> Void) {
    guard total > 0 else { return }
    let granules = (total + granule - 1) / granule
    let parts = min(count, granules)
    @Sendable func part(_ index: Int) {
      let start = granules * index / parts * granule
      let end = min(total, granules * (index + 1) / parts * granule)
      if start < end { body(start..<end, index) }
    }
    parts == 1 ? part(0) : DispatchQueue.concurrentPerform(iterations: parts, execute: part)
  }
}
