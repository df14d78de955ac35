extension Pipeline {
  /// Both directions by turns; in the middle of the step every forward pass runs as one with a backward pass.
  ///
  /// `dualpipev` is the first half of the stages of a `dualpipe` twice as long. Seen from a stage, chunk `near` is the one
  /// whose direction begins at this end of the pipeline.
  /// - Source: DualPipe (https://github.com/deepseek-ai/DualPipe), the eight steps of a rank; DeepSeek-V3
  ///   (arXiv:2412.19437) §3.2.1, Fig. 5.
  func dualPipeOrder(stage: Int) -> [Slot] {
    let isFolded = schedule == .dualPipeV
    let half = isFolded ? stages : stages / 2
    let depth = isFolded ? stage : min(stage, stages - 1 - stage)
    let each = isFolded ? microbatches : microbatches / 2
    let near = isFolded || stage < half ? 0 : 1
    let far = 1 - near
    let outer = half - 1 - depth
    var passes = PassCounter(first: isFolded ? [0, 0] : [0, each])

    for _ in 0..<2 * outer { passes.forward(near) }
    for _ in 0...depth {
      passes.forward(near)
      passes.forward(far)
    }
    for _ in 0..<outer {
      passes.backward(far, putsOffWeights: true)
      passes.weights()
      passes.forward(far)
    }
    for turn in 0..<each - 2 * half + depth + 1 {
      if turn == 0, outer == 0 {
        // The middle stages keep these two apart, which makes the bubble smaller.
        passes.forward(near)
        passes.backward(far)
      } else {
        passes.pair(forward: near, backward: far)
      }
      passes.pair(forward: far, backward: near)
    }
    for _ in 0..<outer {
      passes.backward(far)
      passes.pair(forward: far, backward: near)
    }
    // Of the 2 (depth + 1) backward passes that need no forward pass, the second half puts its weights off.
    for turn in 0...depth {
      passes.backward(far, putsOffWeights: 2 * turn > depth)
      passes.backward(near, putsOffWeights: 2 * turn >= depth)
    }
    for _ in 0..<outer {
      passes.weights()
      passes.backward(near, putsOffWeights: true)
    }
    while passes.hasWeights { passes.weights() }
    return passes.order
  }
}
