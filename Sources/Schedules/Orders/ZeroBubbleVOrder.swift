extension Pipeline {
  /// The V filled with forward passes, then F, B and W of one chunk and of the other by turns.
  ///
  /// The order is the one for equal times of F, B and W, for which it has no bubble; it is kept for other times.
  /// - Source: Zero Bubble (arXiv:2401.10241) §6, Fig. 7.
  func zeroBubbleVOrder(stage: Int) -> [Slot] {
    // The order of a step long enough to fill the V; passes of microbatches that are not there are left out.
    let count = max(2 * stages - 1, microbatches)
    var passes = PassCounter(first: [0, 0])
    func forwardOf(_ chunk: Int) -> Int { passes.nextForward[chunk] }
    for _ in 0..<2 * (stages - stage) - 1 { passes.forward(0) }
    for _ in 0..<stage {
      passes.forward(1)
      passes.forward(0)
    }
    for _ in 0..<stages - stage {
      passes.forward(1)
      passes.backward(1, putsOffWeights: true)
      passes.weights()
    }
    while forwardOf(1) < forwardOf(0) || forwardOf(0) < count {
      if forwardOf(0) < count { passes.forward(0) }
      passes.backward(0, putsOffWeights: true)
      passes.weights()
      passes.forward(1)
      passes.backward(1, putsOffWeights: true)
      passes.weights()
    }
    for _ in 0..<stage {
      passes.backward(0, putsOffWeights: true)
      passes.backward(1, putsOffWeights: true)
    }
    for _ in 0..<stages - stage {
      passes.backward(0, putsOffWeights: true)
      passes.weights()
    }
    while passes.hasWeights { passes.weights() }
    return passes.order.filter { Int($0.microbatch) < microbatches }
  }
}
