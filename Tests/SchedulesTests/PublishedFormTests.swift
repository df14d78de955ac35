import Quantities
import Schedules
import Testing

/// Bubbles and microbatches in flight as published, where all parts are equal and messages take no time.
@Suite struct `Published forms` {
  /// GPipe (arXiv:1811.06965) §2.3; PipeDream-Flush (arXiv:2006.09503) §3.2.
  @Test(arguments: [ScheduleName.gpipe, .oneForwardOneBackward], [1, 2, 3, 4, 8])
  func `GPipe and 1F1B wait p - 1 forward and backward passes`(schedule: ScheduleName, stages: Int) throws {
    for microbatches in [1, 2, stages, 2 * stages + 1, 17] {
      let step = try equalStep(schedule, stages: stages, microbatches: microbatches, f: 5, b: 7, w: 3)
      #expect(step.makespan == Picoseconds((microbatches + stages - 1) * 15))
      for stage in step.stages {
        #expect(stage.bubble(in: step) == Picoseconds((stages - 1) * 15))
        let inFlight = schedule == .gpipe ? microbatches : min(stages - stage.stage, microbatches)
        #expect(stage.peakInFlight == inFlight)
      }
    }
  }

  /// Megatron-LM (arXiv:2104.04473) §2.2.2: the bubble of 1F1B over v, and v times the messages.
  @Test(arguments: [2, 3, 4, 8], [2, 3, 4])
  func `Interleaving divides the bubble of 1F1B by the chunks`(stages: Int, chunks: Int) throws {
    for groups in 1...3 {
      let microbatches = groups * stages
      let step = try equalStep(
        .interleaved, stages: stages, microbatches: microbatches, chunks: chunks, f: 5, b: 7, w: 3)
      let whole = try equalStep(
        .oneForwardOneBackward, stages: stages, microbatches: microbatches, f: 5 * chunks, b: 7 * chunks, w: 3 * chunks)
      for (stage, one) in zip(step.stages, whole.stages) {
        #expect(stage.busy == one.busy)
        #expect(stage.bubble(in: step).count * chunks == one.bubble(in: whole).count)
        #expect(
          stage.peakInFlight
            == min(2 * (stages - 1 - stage.stage) + (chunks - 1) * stages + 1, microbatches * chunks))
      }
    }
  }

  /// Zero Bubble (arXiv:2401.10241) §2.1, Table 2: (p − 1)(F + B − W), in the memory of 1F1B.
  @Test(arguments: [1, 2, 3, 4, 8], [(1, 1, 1), (3, 4, 3), (10, 11, 9), (5, 5, 4)])
  func `ZB-H1 waits p - 1 times F + B - W, and holds what 1F1B holds`(
    stages: Int, times: (f: Int, b: Int, w: Int)
  ) throws {
    for microbatches in [2 * stages, 2 * stages + 3, 40] {
      let step = try equalStep(
        .zeroBubbleH1, stages: stages, microbatches: microbatches, f: times.f, b: times.b, w: times.w)
      #expect(step.stages[0].bubble(in: step).count == (stages - 1) * (times.f + times.b - times.w))
      for stage in step.stages { #expect(stage.peakInFlight == min(stages - stage.stage, microbatches)) }
    }
  }

  /// Zero Bubble (arXiv:2401.10241) §6: no bubble where F, B and W take the same time, and on every stage the activations
  /// that the first stage of 1F1B holds: p whole stages, which are 2p chunks.
  @Test(arguments: [1, 2, 3, 4, 8])
  func `ZB-V has no bubble between its first and last event`(stages: Int) throws {
    for microbatches in [2 * stages - 1, 2 * stages, 2 * stages + 3, 40] {
      let step = try equalStep(.zeroBubbleV, stages: stages, microbatches: microbatches, f: 6, b: 6, w: 6)
      for stage in step.stages {
        #expect(stage.bubbleWithin == .zero)
        #expect(stage.peakInFlight == min(2 * stages, 2 * microbatches))
      }
    }
  }

  /// The table of DualPipe's repository.
  ///
  /// (PP/2 − 1)(F&B + B − 3W), PP + 1 activations, B being the whole backward pass.
  /// It is exact where a forward pass takes as long as the gradients of the inputs.
  @Test(arguments: [2, 4, 6, 8, 16], [(1, 1, 1), (5, 5, 4), (7, 7, 3)])
  func `DualPipe waits PP / 2 - 1 times F&B + B - 3W`(parts: Int, times: (f: Int, b: Int, w: Int)) throws {
    let (f, b, w) = times
    let bubble = (parts / 2 - 1) * ((f + b + w) + (b + w) - 3 * w)
    let released = OverlapOptions(sendsWithinPair: false)
    for extra in [0, 2, 12] {
      let both = try equalStep(
        .dualPipe, stages: parts, microbatches: 2 * parts + extra, f: f, b: b, w: w, options: released)
      let folded = try equalStep(
        .dualPipeV, stages: parts / 2, microbatches: parts + extra, f: f, b: b, w: w, options: released)
      for step in [both, folded] {
        #expect(step.stages[0].bubble(in: step).count == bubble)
        for stage in step.stages { #expect(stage.peakInFlight == parts + 1) }
      }
    }
  }

  @Test func `A 1F1B step of two stages and three microbatches, by hand`() throws {
    // Stage 0: F0 F1 . B0 F2 B1 . B2; stage 1: . F0 B0 F1 B1 F2 B2, with F 1 and B 2.
    let step = try equalStep(.oneForwardOneBackward, stages: 2, microbatches: 3, f: 1, b: 1, w: 1)
    #expect(step.stages[0].events.map(\.start.count) == [0, 1, 4, 6, 7, 10])
    #expect(step.stages[0].events.map(\.microbatch) == [0, 1, 0, 2, 1, 2])
    #expect(step.stages[1].events.map(\.start.count) == [1, 2, 4, 5, 7, 8])
    #expect(step.stages[1].events.map(\.microbatch) == [0, 0, 1, 1, 2, 2])
    #expect(step.makespan == Picoseconds(12))
  }

  @Test(arguments: smallPipelines.filter { $0.microbatches >= $0.parts })
  func `The closed forms are what is simulated`(pipeline: Pipeline) throws {
    let one = Picoseconds(2)
    let part = PartWork(forward: one, backwardInput: one, backwardWeight: one)
    let step = try StepTimeline(pipeline, work: Array(repeating: part, count: pipeline.parts))
    let published = try pipeline.publishedBubble(forward: one, backwardInput: one, backwardWeight: one)
    let first = step.stages[0]
    #expect((pipeline.schedule == .zeroBubbleV ? first.bubbleWithin : first.bubble(in: step)) == published)
    for stage in step.stages { #expect(stage.peakInFlight == pipeline.publishedInFlight(stage: stage.stage)) }
  }
}
