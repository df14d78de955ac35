import CProbes
public import CostModel
public import Quantities

/// A parallel call, from when it is made to when the last of its threads has begun.
///
/// The threads wait as those of a pool do, polling or asleep on a condition variable; nothing of the layer's own pool is
/// used. An empty call would be over before a second thread woke, and would tell nothing of the latency of work.
public final class StartProbe: Probe {
  /// Threads of the call, the caller's among them.
  public let threads: Int
  /// What the others were doing before.
  public let state: StartState

  /// How long the caller works alone before a call to sleeping threads: those of a pool that polls for a millisecond sleep then.
  private static let pause = Duration.milliseconds(2)

  /// A probe; nil unless there are threads.
  public init?(threads: Int, state: StartState) {
    guard threads > 0 else { return nil }
    self.threads = threads
    self.state = state
  }

  /// Few: a call that was disturbed takes a thousand times as long, and would stand for all of a long sample.
  public var mostRepetitions: Int { 9 }

  /// The state and the threads.
  public var label: String { "parallel start, \(state.rawValue), \(threads) threads" }

  /// Calls one after the other, as if each had taken as long as the middle one; what the caller does between them is
  /// not timed.
  public func run(repetitions: Int) -> Seconds? {
    guard let pool = mhcp_pool_make(Int32(clamping: threads), state == .idle ? 0 : .max) else { return nil }
    defer { mhcp_pool_end(pool) }
    let clock = ContinuousClock()
    // The first is not kept.
    let times = (0...max(1, repetitions)).map { _ in
      let end = clock.now + (state == .idle ? Self.pause : .microseconds(2))
      while clock.now < end {}
      return mhcp_pool_call(pool)
    }
    let sorted = times.dropFirst().sorted()
    return Seconds(max(1e-9, sorted[sorted.count / 2]) * Double(max(1, repetitions)))
  }
}
