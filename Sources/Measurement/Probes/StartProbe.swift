import CProbes
public import CostModel
import Dispatch
public import Quantities

/// A parallel call that does nothing but wait until every thread has come.
///
/// An empty call would be over before a second thread woke, and would tell nothing of the latency of work.
public final class StartProbe: Probe {
  /// Threads of the call, the caller's among them.
  public let threads: Int
  /// What the others were doing before.
  public let state: StartState

  /// How long the caller works alone before a call: longer than threads wait before they sleep.
  private static let pause = Duration.microseconds(300)

  /// A probe; nil unless there are threads.
  public init?(threads: Int, state: StartState) {
    guard threads > 0 else { return nil }
    self.threads = threads
    self.state = state
  }

  /// Few: a call that was disturbed takes a thousand times as long, and would stand for all of a long sample.
  public var mostRepetitions: Int { 8 }

  /// The state and the threads.
  public var label: String { "parallel start, \(state.rawValue), \(threads) threads" }

  /// Calls one after the other; what the caller does between them is not timed.
  public func run(repetitions: Int) -> Seconds? {
    let clock = ContinuousClock()
    let counter = Counter()
    defer { counter.free() }
    var total = Duration.zero
    let threads = threads
    for repetition in 0...repetitions {
      counter.reset()
      if state == .idle {
        let end = clock.now + Self.pause
        while clock.now < end {}
      }
      let start = clock.now
      DispatchQueue.concurrentPerform(iterations: threads) { _ in
        if mhcp_rendezvous(counter.value, Int32(threads), 1 << 16) == 0 { counter.fail() }
      }
      // The first is not timed.
      if repetition > 0 { total += clock.now - start }
    }
    return counter.hasFailed ? nil : Seconds(total)
  }

  /// Who has come, and whether someone waited in vain.
  private struct Counter: @unchecked Sendable {
    let value = UnsafeMutablePointer<Int32>.allocate(capacity: 2)

    init() { value.initialize(repeating: 0, count: 2) }
    func reset() { value[0] = 0 }
    // Every thread that writes writes the same.
    func fail() { value[1] = 1 }
    var hasFailed: Bool { value[1] != 0 }
    func free() { value.deallocate() }
  }
}
