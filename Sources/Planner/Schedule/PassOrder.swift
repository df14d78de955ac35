import Quantities
import Schedules

/// The passes of every stage in the order in which it computes them, which no time changes.
struct PassOrder: Sendable {
  /// By stage: every situation once, in the order in which they come first.
  let stages: [[Situation]]

  /// A pass, and what the stage holds as it begins.
  ///
  /// A step goes through few of them again and again.
  struct Situation: Hashable, Sendable {
    var pass: Pass
    /// Microbatches of each chunk whose backward pass is still to come.
    var held: [Int]
    /// Microbatches of each chunk whose gradients of weights alone are.
    var waiting: [Int]
  }

  /// One pass of a microbatch; all microbatches are alike.
  enum Pass: Hashable, Sendable {
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
    stages = timeline.stages.map { Self.situations($0.events.compactMap(Pass.init), chunks: pipeline.chunks) }
  }

  private static func situations(_ passes: [Pass], chunks: Int) -> [Situation] {
    var (held, waiting) = (Array(repeating: 0, count: chunks), Array(repeating: 0, count: chunks))
    var (seen, situations) = (Set<Situation>(), [Situation]())
    for pass in passes {
      let now = Situation(pass: pass, held: held, waiting: waiting)
      if seen.insert(now).inserted { situations.append(now) }
      switch pass {
      case .forward(let chunk): held[chunk] += 1
      case .backward(let chunk): held[chunk] -= 1
      case .backwardInput(let chunk):
        held[chunk] -= 1
        waiting[chunk] += 1
      case .weights(let chunk): waiting[chunk] -= 1
      case .pair(let forward, let backward):
        held[forward] += 1
        held[backward] -= 1
      }
    }
    return situations
  }

  /// Microbatches of each chunk that a stage holds at most at once, those whose gradients of weights are put off included.
  func mostInFlight(stage: Int, chunks: Int) -> [Int] {
    var most = Array(repeating: 0, count: chunks)
    for now in stages[stage] {
      var begun: Int?
      switch now.pass {
      case .forward(let chunk), .pair(let chunk, _): begun = chunk
      case .backward, .backwardInput, .weights: break
      }
      for chunk in most.indices {
        most[chunk] = max(most[chunk], now.held[chunk] + now.waiting[chunk] + (chunk == begun ? 1 : 0))
      }
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
