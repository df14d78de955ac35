import CProbes
import Dispatch
import Quantities

/// Threads that do the same work on parts of their own, timed from when all have come to when the last is done.
///
/// The time to start them is a probe of its own and is kept out of the others.
struct ProbeTeam: Sendable {
  /// How many threads take part, the caller's among them.
  let threads: Int

  /// Looks at the counter before a thread gives up waiting for the others: tens of milliseconds.
  private static let spins: Int64 = 1 << 20

  /// Times `body`, called once on each thread with the thread's number.
  /// - Returns: the wall time; nil where the threads did not run at the same time.
  func time(_ body: @Sendable (Int) -> Void) -> Seconds? {
    let clock = ContinuousClock()
    guard threads > 1 else {
      let start = clock.now
      body(0)
      return Seconds(clock.now - start)
    }
    let shared = Shared(threads: threads)
    defer { shared.free() }
    DispatchQueue.concurrentPerform(iterations: threads) { index in
      let allCame = mhcp_rendezvous(shared.counter, Int32(threads), Self.spins) != 0
      let start = clock.now
      body(index)
      shared.spans[index] = allCame ? start..<clock.now : nil
    }
    let spans = (0..<threads).compactMap { shared.spans[$0] }
    guard spans.count == threads, let start = spans.map(\.lowerBound).max(), let end = spans.map(\.upperBound).max()
    else { return nil }
    return Seconds(end - start)
  }

  /// What the threads write, each its own part.
  private struct Shared: @unchecked Sendable {
    let counter = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    let spans: UnsafeMutablePointer<Range<ContinuousClock.Instant>?>
    let threads: Int

    init(threads: Int) {
      self.threads = threads
      counter.initialize(to: 0)
      spans = .allocate(capacity: threads)
      spans.initialize(repeating: nil, count: threads)
    }

    func free() {
      counter.deallocate()
      spans.deinitialize(count: threads)
      spans.deallocate()
    }
  }
}

extension Seconds {
  /// A duration of the clock.
  init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self.init(Double(seconds) + Double(attoseconds) * 1e-18)
  }
}
