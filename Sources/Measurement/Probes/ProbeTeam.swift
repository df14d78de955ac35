import CProbes
import Quantities

/// Threads that do the same work on parts of their own, timed from when all have come to when the last is done.
///
/// They are made for the call: what a pool needs to wake its threads is a probe of its own, and is kept out of the
/// others.
struct ProbeTeam: Sendable {
  /// How many threads take part, the caller's among them.
  let threads: Int

  /// Times work on all threads.
  ///
  /// - Parameters:
  ///   - repetitions: how often the work is done in the time that is taken.
  ///   - isWarm: whether each thread does the work once before, so that its caches hold what they will hold.
  ///   - body: takes the number of its thread and how often to do the work.
  /// - Returns: the wall time; nil where there are not as many threads.
  func time(
    repetitions: Int, isWarm: Bool = true, _ body: @escaping @Sendable (Int, Int) -> Void
  ) -> Seconds? {
    let call = Call(threads: threads, repetitions: repetitions, isWarm: isWarm, body: body)
    let enough = withExtendedLifetime(call) {
      mhcp_run(
        Int32(clamping: threads), { context, thread in Call.at(context)?.run(Int(thread)) },
        Unmanaged.passUnretained(call).toOpaque())
    }
    return enough != 0 ? call.time : nil
  }

  /// What the threads share; each writes its own part.
  private final class Call: @unchecked Sendable {
    private let body: @Sendable (Int, Int) -> Void
    private let repetitions: Int
    private let threads: Int
    private let isWarm: Bool
    private let counter = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private let starts, ends: UnsafeMutablePointer<ContinuousClock.Instant>
    private let clock = ContinuousClock()

    init(threads: Int, repetitions: Int, isWarm: Bool, body: @escaping @Sendable (Int, Int) -> Void) {
      (self.threads, self.repetitions, self.isWarm, self.body) = (threads, repetitions, isWarm, body)
      counter.initialize(to: 0)
      starts = .allocate(capacity: threads)
      ends = .allocate(capacity: threads)
      starts.initialize(repeating: clock.now, count: threads)
      ends.initialize(repeating: clock.now, count: threads)
    }

    deinit {
      counter.deallocate()
      starts.deallocate()
      ends.deallocate()
    }

    static func at(_ context: UnsafeMutableRawPointer?) -> Call? {
      context.map { Unmanaged<Call>.fromOpaque($0).takeUnretainedValue() }
    }

    func run(_ thread: Int) {
      if isWarm { body(thread, 1) }
      // All threads exist, so that all will come.
      _ = mhcp_rendezvous(counter, Int32(threads), .max)
      starts[thread] = clock.now
      body(thread, repetitions)
      ends[thread] = clock.now
    }

    var time: Seconds? {
      guard let start = UnsafeBufferPointer(start: starts, count: threads).max(),
        let end = UnsafeBufferPointer(start: ends, count: threads).max()
      else { return nil }
      return Seconds(end - start)
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
