import Quantities

extension StepSimulation {
  /// A forward pass: compute, then its communication, then the message.
  mutating func performForward(_ chunk: Int, _ microbatch: Int, _ stage: Int, _ ready: inout [Int]) {
    let part = pipeline.part(stage: stage, chunk: chunk)
    let (one, arrival) = (totals[part], forward[index(part, Int32(microbatch))])
    let start = max(stages[stage].free, arrival.time)
    receive(arrival, part, isForward: true, at: start, stage)
    stages[stage].beginForward(one, transient: work[part].forwardTransient.count, at: start)
    stages[stage].compute(.forward, from: start, for: one.forward, microbatch: microbatch, chunk: chunk)
    stages[stage].communicate(.forwardCommunication, one.forwardCommunication, microbatch, chunk)
    stages[stage].endForward(transient: work[part].forwardTransient.count)
    sendForward(part, microbatch, chunk, from: stages[stage].free, stage, &ready)
  }

  /// A backward pass, block by block from the back, each after its recompute.
  mutating func performBackward(
    _ chunk: Int, _ microbatch: Int, _ stage: Int, _ ready: inout [Int], withWeights: Bool
  ) {
    let part = pipeline.part(stage: stage, chunk: chunk)
    let (one, arrival) = (totals[part], backward[index(part, Int32(microbatch))])
    for block in one.blocks.indices.reversed() {
      let costs = one.blocks[block]
      recompute(block, costs, arrival, microbatch, chunk, stage)
      let start = max(stages[stage].free, arrival.time)
      if block == one.blocks.count - 1 { receive(arrival, part, isForward: false, at: start, stage) }
      stages[stage].compute(
        withWeights ? .backward : .backwardInput, from: start,
        for: costs.backwardInput + (withWeights ? costs.weights : 0), microbatch: microbatch, chunk: chunk, block: block
      )
      stages[stage].endBlock(costs, withWeights: withWeights, at: stages[stage].free)
    }
    stages[stage].communicate(.backwardCommunication, one.backwardCommunication, microbatch, chunk)
    stages[stage].inFlight -= 1
    sendBackward(part, microbatch, chunk, from: stages[stage].free, stage, &ready)
  }

  /// Gradients of the weights that were put off.
  mutating func performWeights(_ chunk: Int, _ microbatch: Int, _ stage: Int) {
    let one = totals[pipeline.part(stage: stage, chunk: chunk)]
    stages[stage].compute(
      .backwardWeight, from: stages[stage].free, for: one.weights, microbatch: microbatch, chunk: chunk)
    stages[stage].change(.weightGradients, -one.keptForWeights, at: stages[stage].free)
  }

  /// Runs a block's forward kernels again before its backward pass, and holds what they make.
  mutating func recompute(
    _ block: Int, _ costs: WorkTotals.Block, _ gradient: Arrival, _ microbatch: Int, _ chunk: Int, _ stage: Int
  ) {
    let withGradient = max(stages[stage].free, gradient.time)
    guard costs.recompute > 0 else {
      stages[stage].change(.recompute, costs.transient, at: withGradient)
      return
    }
    // Blocks further to the front find the gradient there in any case.
    let start = options.decouplesRecompute ? stages[stage].free : withGradient
    stages[stage].change(.recompute, costs.transient, at: start)
    stages[stage].compute(
      .recompute, from: start, for: costs.recompute, microbatch: microbatch, chunk: chunk, block: block)
  }
}
