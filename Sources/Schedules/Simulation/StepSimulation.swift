import Quantities

/// The state of a step while it is simulated.
///
/// Every lane runs in a fixed order, so each time follows from times before it, whichever stage is advanced first.
struct StepSimulation {
  let pipeline: Pipeline
  let work: [PartWork]
  let totals: [WorkTotals]
  let options: OverlapOptions
  let records: Bool
  var stages: [StageState]
  /// Inputs of each part and microbatch, and gradients of its outputs.
  var forward: [Arrival]
  var backward: [Arrival]
  /// Pairs by the parts that go forward and backward.
  var pairs: [Int: PairTemplate] = [:]

  /// When something that another stage makes is there.
  struct Arrival {
    /// When its message starts; as `time` where there is none.
    var sent = 0
    /// When it is there; -1 while that is not known.
    var time = -1
    /// The stage that waits to know; -1 for none.
    var waiter: Int32 = -1
  }

  init(_ pipeline: Pipeline, _ work: [PartWork], _ options: OverlapOptions, recordsEvents: Bool) {
    self.pipeline = pipeline
    self.work = work
    totals = work.map(WorkTotals.init)
    self.options = options
    records = recordsEvents
    stages = (0..<pipeline.stages).map { StageState(pipeline.order(stage: $0), records: recordsEvents) }
    let count = work.count * pipeline.microbatches
    forward = Array(repeating: Arrival(), count: count)
    backward = Array(repeating: Arrival(), count: count)
    for microbatch in 0..<pipeline.microbatches { forward[microbatch].time = 0 }
  }

  /// Advances every stage to its end.
  mutating func run() throws(ScheduleError) {
    var ready = Array(stages.indices.reversed())
    while let stage = ready.popLast() {
      while stages[stage].next < stages[stage].order.count {
        let slot = stages[stage].order[stages[stage].next]
        guard isReady(slot, stage) else { break }
        stages[stage].next += 1
        perform(slot, stage, &ready)
      }
    }
    for (index, stage) in stages.enumerated() where stage.next < stage.order.count {
      throw ScheduleError(
        .step, "\(pipeline.schedule.rawValue): stage \(index) waits for what no stage makes, entry \(stage.next)")
    }
  }

  func index(_ part: Int, _ microbatch: Int32) -> Int { part * pipeline.microbatches + Int(microbatch) }

  /// Whether all that a slot waits for has a time; where not, notes who waits.
  private mutating func isReady(_ slot: Slot, _ stage: Int) -> Bool {
    switch slot.kind {
    case .forward: return isForwardKnown(slot.chunk, slot.microbatch, stage)
    case .backward, .backwardInput: return isBackwardKnown(slot.chunk, slot.microbatch, stage)
    case .backwardWeight: return true
    case .pair:
      return isForwardKnown(slot.chunk, slot.microbatch, stage)
        && isBackwardKnown(slot.backwardChunk, slot.backwardMicrobatch, stage)
    }
  }

  private mutating func isForwardKnown(_ chunk: Int32, _ microbatch: Int32, _ stage: Int) -> Bool {
    let at = index(pipeline.part(stage: stage, chunk: Int(chunk)), microbatch)
    if forward[at].time >= 0 { return true }
    forward[at].waiter = Int32(stage)
    return false
  }

  private mutating func isBackwardKnown(_ chunk: Int32, _ microbatch: Int32, _ stage: Int) -> Bool {
    let at = index(pipeline.part(stage: stage, chunk: Int(chunk)), microbatch)
    if backward[at].time >= 0 { return true }
    backward[at].waiter = Int32(stage)
    return false
  }

  private mutating func perform(_ slot: Slot, _ stage: Int, _ ready: inout [Int]) {
    switch slot.kind {
    case .forward: performForward(Int(slot.chunk), Int(slot.microbatch), stage, &ready)
    case .backward: performBackward(Int(slot.chunk), Int(slot.microbatch), stage, &ready, withWeights: true)
    case .backwardInput: performBackward(Int(slot.chunk), Int(slot.microbatch), stage, &ready, withWeights: false)
    case .backwardWeight: performWeights(Int(slot.chunk), Int(slot.microbatch), stage)
    case .pair:
      guard options.overlapsCommunication else {
        performForward(Int(slot.chunk), Int(slot.microbatch), stage, &ready)
        performBackward(
          Int(slot.backwardChunk), Int(slot.backwardMicrobatch), stage, &ready, withWeights: true)
        return
      }
      performPair(slot, stage, &ready)
    }
  }
}
