import Quantities
import Schedules
import Testing

/// A Transformer layer forward and one backward as one, timed by hand.
///
/// The kernels are those of DeepSeek-V3 (arXiv:2412.19437) Fig. 4.
///
/// ```text
/// runs forward:  prep 1, attention 10, merge 1, prep 1 | dispatch 6 | experts 8 | combine 6 | merge 1
/// runs backward: merge 2 | combine 6 | experts 8, weights 8 | dispatch 6 | prep 2, merge 2, attention 12, prep 2, weights 6
/// order:         merge 0–2, forward 2–15, experts 15–31, experts forward 31–39, then the last run backward from 39 on
/// ```
/// The forward pass's combine ends at 45, while the attention kernel of 43–55 runs backward.
@Suite struct `Overlapped pairs` {
  static func forward() -> PartWork {
    var attention = SublayerWork(.attention)
    (attention.preparation, attention.function, attention.merge) = (Picoseconds(1), Picoseconds(10), Picoseconds(1))
    var experts = SublayerWork(.feedForward)
    (experts.preparation, experts.before, experts.function) = (Picoseconds(1), Picoseconds(6), Picoseconds(8))
    (experts.after, experts.merge) = (Picoseconds(6), Picoseconds(1))
    return PartWork(blocks: [BlockWork([attention, experts])])
  }

  static func backward() -> PartWork {
    var attention = SublayerWork(.attention)
    (attention.backwardMerge, attention.backwardFunction) = (Picoseconds(2), Picoseconds(12))
    (attention.backwardPreparation, attention.weights) = (Picoseconds(2), Picoseconds(6))
    var experts = SublayerWork(.feedForward)
    (experts.backwardMerge, experts.backwardAfter) = (Picoseconds(2), Picoseconds(6))
    (experts.backwardFunction, experts.backwardBefore) = (Picoseconds(8), Picoseconds(6))
    (experts.backwardPreparation, experts.weights) = (Picoseconds(2), Picoseconds(8))
    return PartWork(blocks: [BlockWork([attention, experts])])
  }

  static func pair(_ options: OverlapOptions) throws -> OverlappedPair {
    try OverlappedPair(forward: forward(), backward: backward(), options: options)
  }

  @Test func `All communication is hidden, and F_post,res interrupts the attention kernel`() throws {
    let pair = try Self.pair(OverlapOptions())
    #expect(pair.duration == Picoseconds(64))
    #expect(pair.computing == Picoseconds(64))
    #expect(pair.communication == Picoseconds(24))
    #expect(pair.exposed == .zero)
    #expect(pair.forwardReady == Picoseconds(46))
    #expect(pair.backwardReady == Picoseconds(58))
  }

  @Test func `F_post,res waits for a persistent attention kernel`() throws {
    let pair = try Self.pair(OverlapOptions(preemptsAttention: false))
    #expect(pair.duration == Picoseconds(64))
    #expect(pair.forwardReady == Picoseconds(56))
    #expect(pair.backwardReady == Picoseconds(58))
  }

  @Test func `On the normal stream F_post,res comes last`() throws {
    let pair = try Self.pair(OverlapOptions(prioritizesMerge: false))
    #expect(pair.duration == Picoseconds(64))
    #expect(pair.forwardReady == Picoseconds(64))
    #expect(pair.backwardReady == Picoseconds(57))
  }

  @Test func `As DualPipe was released, messages leave when the pair has ended`() throws {
    let pair = try Self.pair(OverlapOptions(sendsWithinPair: false))
    #expect(pair.forwardReady == pair.duration && pair.backwardReady == pair.duration)
  }

  @Test func `Without overlap the passes and their communication add up`() throws {
    // Forward 22 + 12; backward 28 for inputs, 14 for weights, 12 communicating.
    let pair = try Self.pair(OverlapOptions(overlapsCommunication: false))
    #expect(pair.forwardReady == Picoseconds(34))
    #expect(pair.duration == Picoseconds(88))
    #expect(pair.exposed == Picoseconds(24))
  }

  @Test func `Communication with nothing beside it is exposed`() throws {
    var ahead = SublayerWork(.feedForward)
    (ahead.function, ahead.after, ahead.merge) = (Picoseconds(4), Picoseconds(10), Picoseconds(1))
    var back = SublayerWork(.feedForward)
    back.backwardFunction = Picoseconds(3)
    // Backward 0–3, forward 3–7, communication 7–17, merge 17–18.
    let pair = try OverlappedPair(
      forward: PartWork(blocks: [BlockWork([ahead])]), backward: PartWork(blocks: [BlockWork([back])]))
    #expect(pair.duration == Picoseconds(18))
    #expect(pair.exposed == Picoseconds(10))
    #expect(pair.backwardReady == Picoseconds(3))
  }

  @Test func `The block at the back is made again before the pair, the others in it`() throws {
    var part = Self.backward()
    let two = SublayerWork(.attention)
    part.blocks[0].recompute = Picoseconds(5)
    part.blocks.append(BlockWork([two], recompute: Picoseconds(100)))
    let pair = try OverlappedPair(forward: Self.forward(), backward: part)
    #expect(pair.computing == Picoseconds(69))
  }
}
