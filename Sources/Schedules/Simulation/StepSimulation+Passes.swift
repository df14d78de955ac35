import Quantities

extension StepSimulation {
  /// A forward pass: compute, then its communication, then the message.
  mutating func performForward(_ chunk: Int, _ microbatch: Int, _ stage: Int, _ ready: inout [Int]) {
    let part = pipeline.part(stage: stage, chunk: chunk)
    let (one, arrival) = (work[part], forward[index(part, Int32(microbatch))])
    let start = max(stages[stage].free, arrival.time)
    receive(arrival, one, part, isForward: true, at: start, stage)
    stages[stage].beginForward(one, at: start)
    stages[stage].compute(
      .forward, from: start, for: one.forward.count, microbatch: microbatch, chunk: chunk)
    stages[stage].communicate(.forwardCommunication, one.forwardCommunication.count, microbatch, chunk)
    stages[stage].endForward(one)
    sendForward(part, microbatch, chunk, from: stages[stage].free, stage, &ready)
  }

  /// A backward pass, block by block from the back, each after its recompute.
  mutating func performBackward(
    _ chunk: Int, _ microbatch: Int, _ stage: Int, _ ready: inout [Int], withWeights: Bool
  ) {
    let part = pipeline.part(stage: stage, chunk: chunk)
    let (one, arrival) = (work[part], backward[index(part, Int32(microbatch))])
    for block in one.blocks.indices.reversed() {
      recompute(block, one, arrival, microbatch, chunk, stage)
      let start = max(stages[stage].free, arrival.time)
      if block == one.blocks.count - 1 { receive(arrival, one, part, isForward: false, at: start, stage) }
      let costs = one.blocks[block]
      stages[stage].compute(
        withWeights ? .backward : .backwardInput, from: start,
        for: costs.backwardInput.count + (withWeights ? costs.backwardWeight.count : 0), microbatch: microbatch,
        chunk: chunk, block: block)
      stages[stage].endBlock(costs, withWeights: withWeights)
    }
    stages[stage].communicate(.backwardCommunication, one.backwardCommunication.count, microbatch, chunk)
    stages[stage].inFlight -= 1
    sendBackward(part, microbatch, chunk, from: stages[stage].free, stage, &ready)
  }

  /// Gradients of the weights that were put off.
  mutating func performWeights(_ chunk: Int, _ microbatch: Int, _ stage: Int) {
    let one = work[pipeline.part(stage: stage, chunk: chunk)]
    let time = one.blocks.reduce(0) { $0 + $1.backwardWeight.count }
    stages[stage].compute(
      .backwardWeight, from: stages[stage].free, for: time, microbatch: microbatch, chunk: chunk)
    for block in one.blocks {
      stages[stage].change(.weightGradients, -block.keptForWeights.count, at: stages[stage].free)
    }
  }

  /// A forward and a backward pass as one: computing takes the sum, and hides what communication it is long enough for.
  ///
  /// The kernels of the forward pass are spread over the blocks of the backward pass.
  mutating func performPair(_ slot: Slot, _ stage: Int, _ ready: inout [Int]) {
    let (chunk, other) = (Int(slot.chunk), Int(slot.backwardChunk))
    let part = pipeline.part(stage: stage, chunk: chunk)
    let otherPart = pipeline.part(stage: stage, chunk: other)
    let (one, back) = (work[part], work[otherPart])
    let input = forward[index(part, slot.microbatch)]
    let gradient = backward[index(otherPart, slot.backwardMicrobatch)]
    let backwardTime = back.blocks.reduce(0) { $0 + $1.backwardInput.count + $1.backwardWeight.count }
    var (forwardLeft, backwardLeft) = (one.forward.count, backwardTime)
    var pairStart = 0
    for block in back.blocks.indices.reversed() {
      recompute(block, back, gradient, Int(slot.backwardMicrobatch), other, stage)
      var start = stages[stage].free
      if block == back.blocks.count - 1 {
        start = max(start, input.time, gradient.time)
        pairStart = start
        receive(input, one, part, isForward: true, at: start, stage)
        receive(gradient, back, otherPart, isForward: false, at: start, stage)
        stages[stage].beginForward(one, at: start)
      }
      let costs = back.blocks[block]
      let time = costs.backwardInput.count + costs.backwardWeight.count
      let share = block == 0 ? forwardLeft : forwardLeft.share(time, of: backwardLeft)
      forwardLeft -= share
      backwardLeft -= time
      stages[stage].compute(
        .pair, from: start, for: share + time, microbatch: Int(slot.microbatch), chunk: chunk, block: block,
        backwardMicrobatch: Int(slot.backwardMicrobatch), backwardChunk: other)
      stages[stage].endBlock(costs, withWeights: true)
    }
    stages[stage].communicateBeside(
      from: pairStart, one.forwardCommunication.count, Int(slot.microbatch), chunk, back.backwardCommunication.count,
      Int(slot.backwardMicrobatch), other)
    stages[stage].endForward(one)
    stages[stage].inFlight -= 1
    sendForward(part, Int(slot.microbatch), chunk, from: stages[stage].free, stage, &ready)
    sendBackward(otherPart, Int(slot.backwardMicrobatch), other, from: stages[stage].free, stage, &ready)
  }

  /// A block's forward kernels again, before its backward pass.
  private mutating func recompute(
    _ block: Int, _ one: PartWork, _ gradient: Arrival, _ microbatch: Int, _ chunk: Int, _ stage: Int
  ) {
    let costs = one.blocks[block]
    // Later blocks find the gradient there in any case.
    let start = options.decouplesRecompute ? stages[stage].free : max(stages[stage].free, gradient.time)
    if costs.recompute.count > 0 {
      stages[stage].change(.recompute, costs.transient.count, at: start)
      stages[stage].compute(
        .recompute, from: start, for: costs.recompute.count, microbatch: microbatch, chunk: chunk, block: block)
    } else {
      stages[stage].change(.recompute, costs.transient.count, at: max(start, gradient.time))
    }
  }
}

extension Int {
  /// `part` parts in `whole` of this, rounded down, without overflow.
  fileprivate func share(_ part: Int, of whole: Int) -> Int {
    guard whole > 0 else { return 0 }
    let (high, low) = multipliedFullWidth(by: part)
    return whole.dividingFullWidth((high, low)).quotient
  }
}
