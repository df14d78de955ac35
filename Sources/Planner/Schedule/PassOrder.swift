import Quantities
import Schedules

/// The passes of every stage in the order in which it computes them, which no time changes.
struct PassOrder: Sendable {
  /// By stage.
  let stages: [[Pass]]

  /// One pass of a microbatch; all microbatches are alike.
  enum Pass: Sendable {
    case forward(chunk: Int)
    case backward(chunk: Int)
    /// Without the gradients of weights, which a later pass makes.
    case backwardInput(chunk: Int)
    case weights(chunk: Int)
    case pair(forward: Int, backward: Int)
  }

  /// Microbatches a stage after which the order only repeats.
  private static let orderedPerStage = 4

  /// The order of a layout's schedule, from a step in which every pass takes as long as every other.
  init(_ pipeline: Pipeline) throws(ScheduleError) {
    let few = try Pipeline(
      pipeline.schedule, stages: pipeline.stages,
      microbatches: min(pipeline.microbatches, Self.orderedPerStage * pipeline.stages), chunks: pipeline.chunks)
    let one = Picoseconds(1)
    let part = PartWork(forward: one, backwardInput: one, backwardWeight: one)
    let timeline = try StepTimeline(few, work: Array(repeating: part, count: few.parts))
    stages = timeline.stages.map { stage in stage.events.compactMap(Pass.init) }
  }

  /// Microbatches of each chunk that a stage holds at most at once, those whose gradients of weights are put off included.
  func mostInFlight(stage: Int, chunks: Int) -> [Int] {
    var held = Array(repeating: 0, count: chunks)
    var most = held
    for pass in stages[stage] {
      switch pass {
      case .forward(let chunk): held[chunk] += 1
      case .backward(let chunk), .weights(let chunk): held[chunk] -= 1
      case .backwardInput: break
      case .pair(let forward, let backward):
        held[forward] += 1
        most[forward] = max(most[forward], held[forward])
        held[backward] -= 1
      }
      for chunk in held.indices { most[chunk] = max(most[chunk], held[chunk]) }
    }
    return most
  }
}

extension PassOrder.Pass {
  fileprivate init?(_ event: TimelineEvent) {
    guard event.lane == .compute else { return nil }
    switch event.kind {
    case .forward: self = .forward(chunk: event.chunk)
    case .backward: self = .backward(chunk: event.chunk)
    case .backwardInput: self = .backwardInput(chunk: event.chunk)
    case .backwardWeight: self = .weights(chunk: event.chunk)
    case .pair: self = .pair(forward: event.chunk, backward: event.backwardChunk)
    default: return nil
    }
  }
}
