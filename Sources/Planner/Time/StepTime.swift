import CostModel
import Quantities
import Schedules

/// The time of a step from the times of the parts of the model.
struct StepTime: Sendable {
  private let layout: Layout
  private let overlap: OverlapOptions
  /// One microbatch of a part, each time once.
  private var times: [StageTime] = []
  /// Which of these each part takes.
  private var timeOfPart: [Int] = []
  /// The parts layer by layer, where the step is simulated.
  private(set) var works = PartWorks()
  /// The streams from each part to the next.
  private(set) var messages: [Corners] = []
  /// What a step waits for gradients and weights at its ends, on the stage that waits longest.
  var dataExposed = Corners.zero
  /// The stage that takes longest for a microbatch, at the expected constants.
  private(set) var slowestStage = 0
  private var slowestParts: [Int] = []
  /// Seconds of a step.
  private(set) var seconds = Corners.zero

  init(_ layout: Layout, _ overlap: OverlapOptions) {
    self.layout = layout
    self.overlap = overlap
    timeOfPart.reserveCapacity(layout.parts)
    messages.reserveCapacity(layout.parts)
  }

  /// Adds the next part, front to back, by the time of one microbatch.
  mutating func addPart(_ time: StageTime) {
    times.append(time)
    timeOfPart.append(times.count - 1)
  }

  /// Adds a part that takes as long as the one before.
  mutating func addPartLikeTheLast() { timeOfPart.append(times.count - 1) }

  /// Adds what the last part sends of weights and gradients in every pass.
  mutating func add(_ data: DataMessages, areHidden: Bool) {
    data.add(to: &times[times.count - 1], isHidden: areHidden)
  }

  /// Adds the streams from the last part to the one behind.
  mutating func addMessage(_ message: Corners) { messages.append(message) }

  /// Adds the last part layer by layer too, for a step that is simulated.
  mutating func addLayers(_ segments: [PartWorks.Segment]) {
    works.append(segments, message: messages[messages.count - 1])
  }

  /// One microbatch of several parts, of each.
  func time(of parts: [Int]) -> StageTime {
    var time = times[timeOfPart[parts[0]]]
    for part in parts.dropFirst() { time.add(times[timeOfPart[part]]) }
    return time
  }

  /// Whether a part takes as long as the one before it, message for message.
  func isLikeTheOneBefore(_ part: Int) -> Bool { part > 0 && timeOfPart[part] == timeOfPart[part - 1] }

  /// One microbatch on the slowest stage, of each chunk.
  var slowest: StageTime { time(of: slowestParts) }

  /// Times the step once all parts are there.
  ///
  /// - Parameter partsOfStage: the parts of each stage.
  /// - Throws: ``PlanError`` for a step that cannot be simulated.
  mutating func finish(_ partsOfStage: [[Int]]) throws {
    let totals = times.map { $0.total[.expected] }
    var longest = -Double.infinity
    for (stage, own) in partsOfStage.enumerated() {
      let total = own.reduce(0) { $0 + totals[timeOfPart[$1]] }
      if total > longest { (slowestStage, slowestParts, longest) = (stage, own, total) }
    }
    seconds = try step() + dataExposed
  }

  /// The step without what it waits for gradients and weights at its ends.
  func step() throws -> Corners {
    guard layout.isOrdered(overlap) else {
      return try SimulatedStep.seconds(layout, overlap, works)
    }
    let paces = timeOfPart.indices.map { StagePace(times[timeOfPart[$0]], message: messages[$0]) }
    return layout.schedule == .gpipe
      ? OrderedStep.gpipe(paces, microbatches: layout.microbatches)
      : OrderedStep.oneForwardOneBackward(paces, microbatches: layout.microbatches)
  }

  /// Takes one kind of messages out.
  mutating func remove(_ kind: CommunicationTime.Kind) {
    for time in times.indices { times[time].remove(kind) }
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
