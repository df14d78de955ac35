import Quantities
import Schedules
import TestSupport
import Testing

/// What holds for every schedule, whatever its times.
@Suite struct `Properties of timelines` {
  static let seeds: ClosedRange<UInt64> = 1...300

  @Test(arguments: seeds)
  func `No two events of a lane overlap, and none is empty of time it needs`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let step = RandomStep(&generator)
    let timeline = try step.timeline()
    for stage in timeline.stages {
      for lane in Lane.allCases {
        let events = stage.events.filter { $0.lane == lane }
        for (before, after) in zip(events, events.dropFirst()) { #expect(before.end <= after.start) }
        for event in events { #expect(event.start.count >= 0 && event.start <= event.end) }
        if let last = events.last { #expect(last.end <= timeline.makespan) }
      }
      // One device: the stream of high priority and the normal one take turns.
      let computing = stage.events.filter { $0.lane == .compute || $0.lane == .priority }.filter { $0.start < $0.end }
        .sorted { $0.start < $1.start }
      for (before, after) in zip(computing, computing.dropFirst()) { #expect(before.end <= after.start) }
      #expect(stage.busy.count == computing.reduce(0) { $0 + $1.end.count - $1.start.count })
    }
  }

  @Test(arguments: seeds)
  func `Every chunk and microbatch goes forward and backward once`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let step = RandomStep(&generator)
    let (pipeline, timeline) = (step.pipeline, try step.timeline())
    for stage in timeline.stages {
      var forward: [[Int]: Int] = [:]
      var backward: [[Int]: Int] = [:]
      var weights: [[Int]: Int] = [:]
      var time = 0
      for event in stage.events {
        let key = [event.chunk, event.microbatch]
        switch event.kind {
        case .forward: forward[key, default: 0] += 1
        case .backward where event.block == 0:
          backward[key, default: 0] += 1
          weights[key, default: 0] += 1
        case .backwardInput where event.block == 0: backward[key, default: 0] += 1
        case .backwardWeight: weights[key, default: 0] += 1
        default: break
        }
        if event.lane == .compute || event.lane == .priority { time += event.end.count - event.start.count }
      }
      // Pairs are split where they wait; they are counted by the time that is left.
      let paired = Set(stage.events.filter { $0.kind == .pair }.map { [$0.chunk, $0.microbatch] })
      for key in paired { #expect(forward[key] == nil) }
      for chunk in 0..<pipeline.chunks {
        for microbatch in microbatches(of: chunk, pipeline) {
          let key = [chunk, microbatch]
          #expect(forward[key, default: 0] <= 1 && backward[key, default: 0] <= 1 && weights[key, default: 0] <= 1)
          #expect(backward[key] == weights[key])
        }
      }
      var expected = 0
      for chunk in 0..<pipeline.chunks {
        let part = step.work[pipeline.part(stage: stage.stage, chunk: chunk)]
        expected += microbatches(of: chunk, pipeline).count * part.computing
      }
      #expect(time == expected)
    }
  }

  @Test(arguments: seeds)
  func `A step takes at least the busiest stage and the longest chain`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let step = RandomStep(&generator)
    let timeline = try step.timeline()
    #expect(timeline.makespan >= timeline.busiestStage.busy)
    // One microbatch down and up again; recompute of the last block may have run before.
    var chain = 0
    for (index, part) in step.work.enumerated() {
      chain += part.forwardChain + part.backwardChain
      let next = step.pipeline.place(ofPart: min(index + 1, step.work.count - 1), microbatch: 0).stage
      if next != step.pipeline.place(ofPart: index, microbatch: 0).stage {
        chain += part.forwardMessage.time.count + step.work[index + 1].backwardMessage.time.count
      }
    }
    #expect(timeline.makespan.count >= chain)
  }

  @Test(arguments: seeds)
  func `What is allocated is released, and the peak is the most that was held`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let step = RandomStep(&generator)
    for stage in try step.timeline().stages {
      var held: [MemoryPurpose: Int] = [:]
      var (time, peak) = (0, 0)
      for change in stage.memory {
        #expect(change.time.count >= time)
        time = change.time.count
        held[change.purpose, default: 0] += change.change.count
        #expect(held[change.purpose, default: 0] >= 0)
        peak = max(peak, held.values.reduce(0, +))
      }
      #expect(stage.peakMemory.count == peak)
      #expect(stage.memoryAtPeak.values.reduce(0) { $0 + $1.count } == peak)
      #expect(
        held.filter { $0.value != 0 }
          == (step.fixed[stage.stage].count == 0 ? [:] : [.fixed: step.fixed[stage.stage].count]))
    }
  }

  @Test(arguments: seeds)
  func `Recompute that need not wait for a message never makes a step longer`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var step = RandomStep(&generator)
    step.options.decouplesRecompute = true
    let decoupled = try step.timeline().makespan
    step.options.decouplesRecompute = false
    #expect(try decoupled <= step.timeline().makespan)
  }

  @Test(arguments: seeds)
  func `Without events the counts are the same`(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let step = RandomStep(&generator)
    let full = try step.timeline()
    let bare = try StepTimeline(
      step.pipeline, work: step.work, fixed: step.fixed, options: step.options, recordsEvents: false)
    #expect(bare.makespan == full.makespan)
    for (one, other) in zip(bare.stages, full.stages) {
      #expect(one.events.isEmpty && one.memory.isEmpty)
      #expect(one.peakMemory == other.peakMemory && one.busy == other.busy && one.peakInFlight == other.peakInFlight)
    }
  }
}

func microbatches(of chunk: Int, _ pipeline: Pipeline) -> Range<Int> {
  guard pipeline.schedule == .dualPipe else { return 0..<pipeline.microbatches }
  let half = pipeline.microbatches / 2
  return chunk == 0 ? 0..<half : half..<2 * half
}

extension PartWork {
  private var layers: [SublayerWork] { blocks.flatMap(\.sublayers) }

  /// All that a microbatch has computed.
  var computing: Int {
    layers.reduce(0) {
      $0 + $1.preparation.count + $1.function.count + $1.merge.count + $1.backwardMerge.count
        + $1.backwardFunction.count + $1.backwardPreparation.count + $1.weights.count
    } + blocks.reduce(0) { $0 + $1.recompute.count }
  }

  var forwardChain: Int {
    layers.reduce(0) {
      $0 + $1.preparation.count + $1.before.count + $1.function.count + $1.after.count + $1.merge.count
    }
  }

  /// Gradients of the inputs, and the recompute of the blocks before the last.
  var backwardChain: Int {
    layers.reduce(0) {
      $0 + $1.backwardMerge.count + $1.backwardAfter.count + $1.backwardFunction.count + $1.backwardBefore.count
        + $1.backwardPreparation.count
    } + blocks.dropLast().reduce(0) { $0 + $1.recompute.count }
  }
}
