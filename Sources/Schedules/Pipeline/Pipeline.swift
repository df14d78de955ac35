/// A schedule on a number of stages for a number of microbatches, which it can run.
///
/// A stage is a device, or a group of devices that act as one. A chunk is a run of layers on a stage. A part is a chunk in
/// the order of the model, front to back: with one chunk a stage, part s is stage s.
public struct Pipeline: Hashable, Sendable {
  /// The schedule.
  public let schedule: ScheduleName
  /// p: stages.
  public let stages: Int
  /// m: microbatches of a step, of both directions together.
  public let microbatches: Int
  /// v: chunks of the model a stage.
  public let chunks: Int

  /// The most stages or microbatches.
  public static let largestSize = 1 << 32
  /// The most chunks a stage: products of two sizes stay far from 64 bits.
  public static let mostChunks = 1 << 20

  /// A checked pipeline.
  ///
  /// - Parameters:
  ///   - schedule: the schedule.
  ///   - stages: p.
  ///   - microbatches: m of one step.
  ///   - chunks: v; nil for what the schedule fixes, 2 for `interleaved`.
  /// - Throws: ``ScheduleError`` that says what the schedule needs, and the nearest that works.
  public init(
    _ schedule: ScheduleName, stages: Int, microbatches: Int, chunks: Int? = nil
  ) throws(ScheduleError) {
    self.schedule = schedule
    self.stages = stages
    self.microbatches = microbatches
    self.chunks = chunks ?? schedule.fixedChunks ?? 2
    try check()
  }

  /// Parts that the model is cut into.
  public var parts: Int {
    switch schedule.placement {
    case .looped: stages * chunks
    case .folded: 2 * stages
    case .bidirectional: stages
    }
  }

  /// The part that is a chunk of a stage.
  ///
  /// - Parameters:
  ///   - stage: 0 to p − 1.
  ///   - chunk: 0 to v − 1.
  /// - Returns: 0 to `parts` − 1, counted from the front of the model.
  public func part(stage: Int, chunk: Int) -> Int {
    switch schedule.placement {
    case .looped: chunk * stages + stage
    case .folded: chunk == 0 ? stage : 2 * stages - 1 - stage
    case .bidirectional: chunk == 0 ? stage : stages - 1 - stage
    }
  }

  /// The stage and the chunk where a microbatch meets a part of the model.
  ///
  /// - Parameters:
  ///   - part: 0 to `parts` − 1.
  ///   - microbatch: 0 to m − 1; for `dualpipe` the second half comes from the other end.
  /// - Returns: stage and chunk.
  public func place(ofPart part: Int, microbatch: Int) -> (stage: Int, chunk: Int) {
    switch schedule.placement {
    case .looped: (part % stages, part / stages)
    case .folded: part < stages ? (part, 0) : (2 * stages - 1 - part, 1)
    case .bidirectional: microbatch < microbatches / 2 ? (part, 0) : (stages - 1 - part, 1)
    }
  }

  /// Copies of the model's weights that all stages hold together: 2 for `dualpipe`, 1 otherwise.
  public var weightCopies: Int { schedule.placement == .bidirectional ? 2 : 1 }
}
