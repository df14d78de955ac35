extension Pipeline {
  /// p − 1 − s forward passes, then one forward and one backward by turns, then the backward passes that are left.
  /// - Source: PipeDream-Flush (arXiv:2006.09503) §3.2; Megatron-LM (arXiv:2104.04473) §2.2.1.
  func oneForwardOneBackwardOrder(stage: Int) -> [Slot] {
    let warmUp = min(stages - 1 - stage, microbatches)
    var order = (0..<warmUp).map { Slot(.forward, 0, $0) }
    for backward in 0..<microbatches {
      if warmUp + backward < microbatches { order.append(Slot(.forward, 0, warmUp + backward)) }
      order.append(Slot(.backward, 0, backward))
    }
    return order
  }

  /// The order of `1f1b`; stage s puts the weights' gradients off by s microbatches, and ends with them.
  /// - Source: Zero Bubble (arXiv:2401.10241) §2.1, Fig. 3.
  func zeroBubbleH1Order(stage: Int) -> [Slot] {
    let warmUp = min(stages - 1 - stage, microbatches)
    var order = (0..<warmUp).map { Slot(.forward, 0, $0) }
    var weights = 0
    for backward in 0..<microbatches {
      if warmUp + backward < microbatches { order.append(Slot(.forward, 0, warmUp + backward)) }
      order.append(Slot(.backwardInput, 0, backward))
      if backward >= stage {
        order.append(Slot(.backwardWeight, 0, weights))
        weights += 1
      }
    }
    while weights < microbatches {
      order.append(Slot(.backwardWeight, 0, weights))
      weights += 1
    }
    return order
  }
}
