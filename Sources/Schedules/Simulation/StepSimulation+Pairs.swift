import Quantities

extension StepSimulation {
  /// A forward and a backward pass of two microbatches as one.
  mutating func performPair(_ slot: Slot, _ stage: Int, _ ready: inout [Int]) {
    let (chunk, other) = (Int(slot.chunk), Int(slot.backwardChunk))
    let (microbatch, otherMicrobatch) = (Int(slot.microbatch), Int(slot.backwardMicrobatch))
    let part = pipeline.part(stage: stage, chunk: chunk)
    let otherPart = pipeline.part(stage: stage, chunk: other)
    let input = forward[index(part, slot.microbatch)]
    let gradient = backward[index(otherPart, slot.backwardMicrobatch)]
    let pair = template(part, otherPart)
    let last = totals[otherPart].blocks.count - 1
    let costs = totals[otherPart].blocks
    if costs[last].recompute > 0 { recompute(last, costs[last], gradient, otherMicrobatch, other, stage) }

    let start = max(stages[stage].free, input.time, gradient.time)
    receive(input, part, isForward: true, at: start, stage)
    receive(gradient, otherPart, isForward: false, at: start, stage)
    stages[stage].beginForward(totals[part], transient: work[part].forwardTransient.count, at: start)
    if costs[last].recompute == 0 { stages[stage].change(.recompute, costs[last].transient, at: start) }
    for block in costs.indices.reversed() {
      if block < last { stages[stage].change(.recompute, costs[block].transient, at: start + pair.blockStarts[block]) }
      stages[stage].endBlock(costs[block], withWeights: true, at: start + pair.blockEnds[block])
    }
    stages[stage].inFlight -= 1
    stages[stage].perform(pair, at: start, (chunk, microbatch), (other, otherMicrobatch))
    stages[stage].endForward(transient: work[part].forwardTransient.count)
    sendForward(part, microbatch, chunk, from: start + pair.forwardReady, stage, &ready)
    sendBackward(otherPart, otherMicrobatch, other, from: start + pair.backwardReady, stage, &ready)
  }

  private mutating func template(_ part: Int, _ other: Int) -> PairTemplate {
    let key = part * work.count + other
    if let known = pairs[key] { return known }
    let made = PairTemplate(forward: work[part], backward: work[other], options: options)
    pairs[key] = made
    return made
  }
}
