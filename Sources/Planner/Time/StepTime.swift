import CostModel
import Quantities
import Schedules

/// The time of a step from the times of the parts of the model.
struct StepTime: Sendable {
  private let layout: Layout
  private let overlap: OverlapOptions
  /// One microbatch of each part.
  private(set) var parts: [StageTime] = []
  /// The parts layer by layer, where the step is simulated.
  private(set) var works = PartWorks()
  /// The streams from each part to the next.
  private(set) var messages: [Corners] = []
  /// What a step waits for gradients and weights at its ends, on the stage that waits longest.
  var dataExposed = Corners.zero
  /// The stage that takes longest for a microbatch, at the expected constants.
  private(set) var slowestStage = 0
  /// One microbatch there, of each chunk.
  private(set) var slowest = StageTime()
  /// Seconds of a step.
  private(set) var seconds = Corners.zero

  init(_ layout: Layout, _ overlap: OverlapOptions) {
    self.layout = layout
    self.overlap = overlap
    parts.reserveCapacity(layout.parts)
    messages.reserveCapacity(layout.parts)
  }

  /// Adds the next part, front to back.
  mutating func add(_ time: StageTime, _ segments: [PartWorks.Segment], message: Corners) {
    parts.append(time)
    messages.append(message)
    works.append(segments, message: message)
  }

  /// Times the step once all parts are there.
  ///
  /// - Parameter partsOfStage: the parts of each stage.
  /// - Throws: ``PlanError`` for a step that cannot be simulated.
  mutating func finish(_ partsOfStage: [[Int]]) throws {
    for (stage, own) in partsOfStage.enumerated() {
      var time = self.parts[own[0]]
      for part in own.dropFirst() { time.add(self.parts[part]) }
      if stage == 0 || time.total[.expected] > slowest.total[.expected] { (slowestStage, slowest) = (stage, time) }
    }
    seconds = try step() + dataExposed
  }

  /// The step without what it waits for gradients and weights at its ends.
  func step() throws -> Corners {
    guard layout.isOrdered(overlap) else {
      return try SimulatedStep.seconds(layout, overlap, works)
    }
    let paces = parts.indices.map { StagePace(parts[$0], message: messages[$0]) }
    return layout.schedule == .gpipe
      ? OrderedStep.gpipe(paces, microbatches: layout.microbatches)
      : OrderedStep.oneForwardOneBackward(paces, microbatches: layout.microbatches)
  }

  /// Takes one kind of messages out.
  mutating func remove(_ kind: CommunicationTime.Kind) {
    for part in parts.indices { parts[part].remove(kind) }
    works.remove(kind)
    if kind == .pipeline { messages = messages.map { _ in .zero } }
    if kind == .data { dataExposed = .zero }
  }
}

extension Layout {
  /// Whether a step is timed by its recurrence alone; other steps are simulated event by event.
  func isOrdered(_ overlap: OverlapOptions) -> Bool {
    guard schedule == .gpipe || schedule == .oneForwardOneBackward else { return false }
    return overlap.decouplesRecompute && overlap.overlapsCommunication
  }
}
