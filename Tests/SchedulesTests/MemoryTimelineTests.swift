import CostModel
import Quantities
import Schedules
import TestSupport
import Testing

/// Memory over time against the closed forms of recompute blocks and of the schedules.
///
/// - Source: mHC (arXiv:2512.24880) §4.3.2.
@Suite struct `Memory over time` {
  /// Random layers in random recompute blocks and stored runs.
  static func stage(
    _ generator: inout SplitMix64
  ) throws -> (problem: (Int) throws -> RecomputeProblem, segments: [RecomputeSegment], part: PartWork) {
    let stream = Int.random(in: 1...8, using: &generator)
    var (resident, transient): ([Int], [Int]) = ([], [])
    var segments: [RecomputeSegment] = []
    var blocks: [BlockWork] = []
    func time() -> Picoseconds { Picoseconds(Int.random(in: 1...9, using: &generator)) }
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let layers = Int.random(in: 1...4, using: &generator)
      let isStored = Bool.random(using: &generator)
      let kept = (0..<layers).map { _ in Int.random(in: 0...9, using: &generator) }
      let remade = (0..<layers).map { _ in Int.random(in: 0...9, using: &generator) }
      resident += kept
      transient += remade
      segments.append(RecomputeSegment(isStored ? .stored : .recomputed, layers: layers))
      let all = layers * stream + remade.reduce(0, +)
      blocks.append(
        BlockWork(
          forward: time(), recompute: isStored ? .zero : time(), backwardInput: time(), backwardWeight: time(),
          kept: Bytes(kept.reduce(0, +) + (isStored ? all : stream)), transient: Bytes(isStored ? 0 : all - stream)))
    }
    let (r, x) = (resident, transient)
    return (
      { try RecomputeProblem(resident: r, transient: x, streamSize: stream, inFlight: $0) }, segments,
      PartWork(blocks: blocks)
    )
  }

  @Test(arguments: [ScheduleName.oneForwardOneBackward, .gpipe], 1...40 as ClosedRange<UInt64>)
  func `The peak of 1F1B and of GPipe is that of the closed form, exactly`(schedule: ScheduleName, seed: UInt64) throws
  {
    var generator = SplitMix64(seed: seed)
    let (problem, segments, part) = try Self.stage(&generator)
    let stages = Int.random(in: 1...5, using: &generator)
    let microbatches = Int.random(in: 1...9, using: &generator)
    let pipeline = try Pipeline(schedule, stages: stages, microbatches: microbatches)
    let fixed = (0..<stages).map { Bytes(100 * $0) }
    let step = try StepTimeline(pipeline, work: Array(repeating: part, count: stages), fixed: fixed)
    for stage in step.stages {
      let inFlight = schedule == .gpipe ? microbatches : min(stages - stage.stage, microbatches)
      let peak = try problem(inFlight).peak(of: segments)
      #expect(stage.peakMemory.count == 100 * stage.stage + peak)
    }
  }

  @Test func `A step's memory by hand: logits, recompute, messages and gradients put off`() throws {
    // ZB-H1 on two stages, one microbatch; F 2, R 1, I 2, W 3, messages 1.
    let block = BlockWork(
      forward: Picoseconds(2), recompute: Picoseconds(1), backwardInput: Picoseconds(2), backwardWeight: Picoseconds(3),
      kept: Bytes(10), keptForWeights: Bytes(4), transient: Bytes(7))
    var front = PartWork(
      blocks: [block], forwardMessage: Message(time: Picoseconds(1), buffer: Bytes(2)),
      backwardMessage: Message(time: Picoseconds(1), buffer: Bytes(2)))
    var back = front
    back.forwardTransient = Bytes(50)
    front.forwardTransient = .zero
    let step = try StepTimeline(
      Pipeline(.zeroBubbleH1, stages: 2, microbatches: 1), work: [front, back], fixed: [Bytes(100), Bytes(200)])
    func changes(_ stage: Int) -> [[Int]] {
      step.stages[stage].memory.map { [$0.time.count, Int($0.purpose.rawValue), $0.change.count] }
    }
    let (fixed, kept, weights, recompute, logits, messages) = (0, 1, 2, 3, 4, 5)
    // Stage 0: F 0–2, message 2–3, R 2–3, gradient 8–9, I 9–11, W 11–14.
    #expect(
      changes(0) == [
        [0, fixed, 100], [0, kept, 10], [2, recompute, 7], [2, messages, 2], [3, messages, -2], [8, messages, 2],
        [9, messages, -2], [11, recompute, -7], [11, kept, -10], [11, weights, 4], [14, weights, -4],
      ])
    // Stage 1: message 2–3, F 3–5, R 5–6, I 6–8, gradient 8–9, W 8–11.
    #expect(
      changes(1) == [
        [0, fixed, 200], [2, messages, 2], [3, messages, -2], [3, kept, 10], [3, logits, 50], [5, logits, -50],
        [5, recompute, 7], [8, recompute, -7], [8, kept, -10], [8, weights, 4], [8, messages, 2], [9, messages, -2],
        [11, weights, -4],
      ])
    #expect(step.stages[0].peakMemory == Bytes(119))
    #expect(step.stages[1].peakMemory == Bytes(260))
    #expect(step.stages[1].peakTime == Picoseconds(3))
    #expect(step.stages[1].memoryAtPeak == [.fixed: Bytes(200), .activations: Bytes(10), .forwardTransient: Bytes(50)])
  }
}
