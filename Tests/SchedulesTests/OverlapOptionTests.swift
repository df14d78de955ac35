import Quantities
import Schedules
import Testing

/// mHC (arXiv:2512.24880) §4.3.3: what each measure does to a step small enough to time by hand.
@Suite struct `Measures at the boundaries of stages` {
  static func part(f: Int, r: Int = 0, b: Int, forward: Int, backward: Int) -> PartWork {
    PartWork(
      forward: Picoseconds(f),
      blocks: [BlockWork(recompute: Picoseconds(r), backwardInput: Picoseconds(b), backwardWeight: .zero)],
      forwardMessage: Message(time: Picoseconds(forward)), backwardMessage: Message(time: Picoseconds(backward)))
  }

  @Test(arguments: [(true, 16), (false, 19)])
  func `Recompute of a stage runs while its gradient is on its way`(isDecoupled: Bool, makespan: Int) throws {
    // Stage 0: F 0–2, R 2–5, B 14–16; stage 1: F 3–5, R 5–8, B 8–10, message 10–14. Coupled: R 14–17, B 17–19.
    let pipeline = try Pipeline(.oneForwardOneBackward, stages: 2, microbatches: 1)
    let part = Self.part(f: 2, r: 3, b: 2, forward: 1, backward: 4)
    let step = try StepTimeline(
      pipeline, work: [part, part], options: OverlapOptions(decouplesRecompute: isDecoupled))
    #expect(step.makespan == Picoseconds(makespan))
    let recompute = step.stages[0].events.first { $0.kind == .recompute }
    #expect(recompute?.start == Picoseconds(isDecoupled ? 2 : 14))
  }

  @Test(arguments: [(true, 14), (false, 16)])
  func `A stage computes while its messages are on their way`(overlaps: Bool, makespan: Int) throws {
    // Stage 0: F0 0–2, F1 2–4, B1 10–12, B0 12–14; stage 1: F0 3–5, F1 5–7, B1 7–9, B0 9–11.
    // Waiting for messages: F1 3–5, then stage 1 from 6, B1 8–10, B0 11–13; stage 0: B1 11–13, B0 14–16.
    let pipeline = try Pipeline(.gpipe, stages: 2, microbatches: 2)
    let part = Self.part(f: 2, b: 2, forward: 1, backward: 1)
    let step = try StepTimeline(
      pipeline, work: [part, part], options: OverlapOptions(overlapsCommunication: overlaps))
    #expect(step.makespan == Picoseconds(makespan))
  }

  @Test func `Messages lengthen every round of 1F1B, as the next one waits for the last`() throws {
    // Two stages, F 4 and B 8. Between two backward passes of stage 1 that are two microbatches apart lie a message, B and F
    // of stage 0, a message, F and B of stage 1: 24 + 2x, which is longer than two microbatches on a stage.
    // With 16 microbatches: B0 ends at 16 + x, B14 seven rounds later; then F15, B15, a message, and B15 of stage 0.
    let pipeline = try Pipeline(.oneForwardOneBackward, stages: 2, microbatches: 16)
    func makespan(_ message: Int) throws -> Int {
      let part = Self.part(f: 4, b: 8, forward: message, backward: message)
      return try StepTimeline(pipeline, work: [part, part]).makespan.count
    }
    for x in 0...3 { #expect(try makespan(x) == 16 + x + 7 * (24 + 2 * x) + 12 + x + 8) }
  }

  @Test func `An early message of a forward pass does not make DualPipe longer`() throws {
    let pipeline = try Pipeline(.dualPipe, stages: 4, microbatches: 12)
    var part = `Overlapped pairs`.forward()
    let back = `Overlapped pairs`.backward()
    for (index, layer) in back.blocks[0].sublayers.enumerated() {
      part.blocks[0].sublayers[index].backwardMerge = layer.backwardMerge
      part.blocks[0].sublayers[index].backwardAfter = layer.backwardAfter
      part.blocks[0].sublayers[index].backwardFunction = layer.backwardFunction
      part.blocks[0].sublayers[index].backwardBefore = layer.backwardBefore
      part.blocks[0].sublayers[index].backwardPreparation = layer.backwardPreparation
      part.blocks[0].sublayers[index].weights = layer.weights
    }
    part.forwardMessage = Message(time: Picoseconds(20))
    part.backwardMessage = Message(time: Picoseconds(20))
    func makespan(_ options: OverlapOptions) throws -> Picoseconds {
      try StepTimeline(pipeline, work: Array(repeating: part, count: 4), options: options).makespan
    }
    let all = try makespan(OverlapOptions())
    #expect(try all < makespan(OverlapOptions(sendsWithinPair: false)))
    #expect(try all <= makespan(OverlapOptions(preemptsAttention: false)))
    #expect(try all < makespan(OverlapOptions(prioritizesMerge: false)))
    #expect(try all < makespan(OverlapOptions(overlapsCommunication: false)))
  }
}
