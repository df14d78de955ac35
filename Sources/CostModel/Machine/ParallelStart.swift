public import Quantities

/// What the threads were doing before a parallel call.
public enum StartState: String, CaseIterable, Hashable, Sendable {
  /// The others poll for a call.
  case warm
  /// The others sleep until they are woken.
  case idle
}

/// The measured time from a parallel call until the last thread has begun.
public struct ParallelStart: Hashable, Sendable {
  /// Threads of the call, the caller's among them.
  public let threads: Int
  /// What the others were doing before.
  public let state: StartState
  /// The time of each call, the middle one of a sample.
  public let samples: Samples

  /// A measured latency; nil unless there are threads.
  public init?(threads: Int, state: StartState, samples: Samples) {
    guard threads > 0 else { return nil }
    self.threads = threads
    self.state = state
    self.samples = samples
  }
}

extension MachineRates {
  /// The latency of a parallel call.
  /// - Returns: The median; nothing on one thread, which starts none; nil where it was not measured with so many
  ///   threads in this state.
  public func startLatency(threads: Int, _ state: StartState) -> Seconds? {
    if threads == 1 { return .zero }
    return starts.first { $0.threads == threads && $0.state == state }?.samples.median
  }
}
