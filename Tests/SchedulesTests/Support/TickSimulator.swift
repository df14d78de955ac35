import Quantities
import Schedules

/// Another simulator, unit of time by unit of time: every stage tries to start the next thing it has to compute.
///
/// It is given the order in which each stage computes, and nothing else of the timeline.
struct TickSimulator {
  struct Entry { var event: TimelineEvent; var part: Int }

  private let step: RandomStep
  private var entries: [[Entry]]
  private var next: [Int]
  private var freeAt: [Int]
  private var inputs: [[Int]: Int] = [:]
  private var gradients: [[Int]: Int] = [:]
  private var waiting: [(from: Int, lane: Int, since: Int, key: [Int], isForward: Bool, time: Int)] = []
  private var laneFreeAt: [[Int]: Int] = [:]
  /// Starts of what each stage computes, in order.
  private(set) var starts: [[Int]]
  private(set) var end = 0

  init(_ step: RandomStep, _ timeline: StepTimeline) {
    self.step = step
    entries = timeline.stages.map { stage in
      stage.events.filter { $0.lane == .compute }.map { event in
        Entry(event: event, part: step.pipeline.part(stage: stage.stage, chunk: event.chunk))
      }
    }
    next = entries.map { _ in 0 }
    freeAt = next
    starts = entries.map { _ in [] }
    for microbatch in 0..<step.pipeline.microbatches { inputs[[0, microbatch]] = 0 }
  }

  mutating func run() {
    var time = 0
    while next.indices.contains(where: { next[$0] < entries[$0].count }) || !waiting.isEmpty {
      var moved = true
      while moved {
        moved = deliver(time)
        for stage in entries.indices where next[stage] < entries[stage].count && freeAt[stage] <= time {
          if start(stage, time) { moved = true }
        }
      }
      time += 1
      if time > 100_000 { return }
    }
  }

  /// Starts the oldest message of each lane that is free.
  private mutating func deliver(_ time: Int) -> Bool {
    for index in waiting.indices where waiting[index].since <= time {
      let message = waiting[index]
      if let free = laneFreeAt[[message.from, message.lane]], free > time { continue }
      if waiting[..<index].contains(where: { $0.from == message.from && $0.lane == message.lane }) { continue }
      laneFreeAt[[message.from, message.lane]] = time + message.time
      arrive(message.key, message.isForward, time + message.time)
      waiting.remove(at: index)
      return true
    }
    return false
  }

  private mutating func arrive(_ key: [Int], _ isForward: Bool, _ time: Int) {
    if isForward { inputs[key] = time } else { gradients[key] = time }
    end = max(end, time)
  }

  private mutating func start(_ stage: Int, _ time: Int) -> Bool {
    let entry = entries[stage][next[stage]]
    let (event, part) = (entry.event, step.work[entry.part])
    let key = [entry.part, event.microbatch]
    let block = event.block >= 0 ? part.blocks[event.block] : part.blocks[0]
    let layers = block.sublayers
    let all = part.blocks.flatMap(\.sublayers)
    func sum(_ layers: [SublayerWork], _ times: KeyPath<SublayerWork, Picoseconds>...) -> Int {
      times.reduce(0) { result, time in layers.reduce(result) { $0 + $1[keyPath: time].count } }
    }
    let input = sum(layers, \.backwardMerge, \.backwardFunction, \.backwardPreparation)
    var duration: Int
    var (communication, sends): (Int, Bool?) = (0, nil)
    switch event.kind {
    case .forward:
      guard let arrival = inputs[key], arrival <= time else { return false }
      duration = sum(all, \.preparation, \.function, \.merge)
      communication = sum(all, \.before, \.after)
      sends = true
    case .recompute:
      if !step.options.decouplesRecompute {
        guard let arrival = gradients[key], arrival <= time else { return false }
      }
      duration = block.recompute.count
    case .backward, .backwardInput:
      guard let arrival = gradients[key], arrival <= time else { return false }
      duration = input + (event.kind == .backward ? sum(layers, \.weights) : 0)
      if event.block == 0 {
        communication = sum(all, \.backwardAfter, \.backwardBefore)
        sends = false
      }
    case .backwardWeight: duration = sum(all, \.weights)
    default: return false
    }
    starts[stage].append(time)
    next[stage] += 1
    freeAt[stage] = time + duration + communication
    end = max(end, freeAt[stage])
    if let isForward = sends { send(entry.part, event.microbatch, isForward, stage) }
    return true
  }

  private mutating func send(_ part: Int, _ microbatch: Int, _ isForward: Bool, _ stage: Int) {
    let done = freeAt[stage]
    let target = isForward ? part + 1 : part - 1
    if isForward, target == step.work.count {
      arrive([part, microbatch], false, done)
      return
    }
    guard target >= 0 else { return }
    let message = isForward ? step.work[part].forwardMessage : step.work[part].backwardMessage
    let other = step.pipeline.place(ofPart: target, microbatch: microbatch).stage
    guard other != stage, message.time.count > 0 else {
      arrive([target, microbatch], isForward, done)
      return
    }
    // Up or down the stages, the way round from the last to the first being up.
    var goesUp = other == (stage + 1) % step.pipeline.stages
    if step.pipeline.stages == 2, step.pipeline.schedule == .interleaved { goesUp = isForward }
    waiting.append(
      (stage, (isForward ? 0 : 2) + (goesUp ? 0 : 1), done, [target, microbatch], isForward, message.time.count))
    if !step.options.overlapsCommunication {
      // The lane is free: the stage waited for every message before this one.
      freeAt[stage] = done + message.time.count
    }
  }
}
