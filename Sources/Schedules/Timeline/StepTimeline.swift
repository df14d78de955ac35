public import Quantities

/// One training step, event by event.
public struct StepTimeline: Sendable {
  /// The schedule and its sizes.
  public let pipeline: Pipeline
  /// What ran beside what.
  public let options: OverlapOptions
  /// From the start of the first event to the end of the last.
  public let makespan: Picoseconds
  /// The stages, front to back.
  public let stages: [StageTimeline]

  /// The stage that computes longest.
  public var busiestStage: StageTimeline { stages.reduce(stages[0]) { $0.busy < $1.busy ? $1 : $0 } }

  /// The stage that holds most.
  public var heaviestStage: StageTimeline {
    stages.reduce(stages[0]) { $0.peakMemory < $1.peakMemory ? $1 : $0 }
  }
}

/// One stage's share of a step.
public struct StageTimeline: Sendable {
  /// Counted from 0.
  public let stage: Int
  /// When it starts to compute.
  public let start: Picoseconds
  /// When it has computed all.
  public let end: Picoseconds
  /// Time in which it computes.
  public let busy: Picoseconds
  /// Microbatches, chunk by chunk, whose activations it holds at most at once.
  public let peakInFlight: Int
  /// The most memory that it holds at once.
  public let peakMemory: Bytes
  /// When it holds that for the first time.
  public let peakTime: Picoseconds
  /// What it holds then, purpose by purpose; the sum is the peak.
  public let memoryAtPeak: [MemoryPurpose: Bytes]
  /// Every event, each lane in order; empty where they were not asked for.
  public let events: [TimelineEvent]
  /// Every allocation and release in order; empty where they were not asked for.
  public let memory: [MemoryChange]

  /// Time in which it does not compute, of a whole step.
  /// - Parameter timeline: the step.
  /// - Returns: the makespan without `busy`.
  public func bubble(in timeline: StepTimeline) -> Picoseconds { Picoseconds(timeline.makespan.count - busy.count) }

  /// Time in which it does not compute, between its own first and last event.
  public var bubbleWithin: Picoseconds { Picoseconds(end.count - start.count - busy.count) }
}
