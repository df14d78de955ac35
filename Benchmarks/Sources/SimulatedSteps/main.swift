import Quantities
import Schedules

/// How long the simulation of one large step takes, schedule by schedule: 64 stages, 512 microbatches.
let stages = 64
let microbatches = 512
let rounds = 5

/// Two Transformer layers a part, each a recompute block, with messages between stages and communication inside.
func part() -> PartWork {
  func layer(_ kind: SublayerWork.Kind) -> SublayerWork {
    var layer = SublayerWork(kind)
    (layer.preparation, layer.function, layer.merge) = (Picoseconds(40), Picoseconds(500), Picoseconds(60))
    (layer.backwardMerge, layer.backwardFunction) = (Picoseconds(120), Picoseconds(500))
    (layer.backwardPreparation, layer.weights) = (Picoseconds(80), Picoseconds(500))
    if kind == .feedForward {
      (layer.before, layer.after) = (Picoseconds(300), Picoseconds(300))
      (layer.backwardAfter, layer.backwardBefore) = (Picoseconds(300), Picoseconds(300))
    }
    return layer
  }
  let block = BlockWork(
    [layer(.attention), layer(.feedForward)], recompute: Picoseconds(100), kept: Bytes(1 << 20),
    keptForWeights: Bytes(1 << 18), transient: Bytes(1 << 19))
  return PartWork(
    blocks: [block, block], forwardMessage: Message(time: Picoseconds(200), buffer: Bytes(1 << 16)),
    backwardMessage: Message(time: Picoseconds(200), buffer: Bytes(1 << 16)))
}

print("one step of \(stages) stages and \(microbatches) microbatches, median of \(rounds)")
for schedule in ScheduleName.allCases {
  let pipeline = try Pipeline(schedule, stages: stages, microbatches: microbatches)
  let work = Array(repeating: part(), count: pipeline.parts)
  var line = "\(schedule.rawValue):"
  for records in [true, false] {
    var times: [Duration] = []
    var events = 0
    for _ in 0..<rounds {
      let clock = ContinuousClock()
      let start = clock.now
      let step = try StepTimeline(pipeline, work: work, recordsEvents: records)
      times.append(clock.now - start)
      events = step.stages.reduce(0) { $0 + $1.events.count }
    }
    let median = times.sorted()[rounds / 2]
    line += records ? " \(median) with \(events) events kept," : " \(median) without"
  }
  print(line)
}
