extension Pipeline {
  /// Groups of p microbatches go through chunk after chunk; then as `1f1b`, chunk by chunk.
  /// - Source: Megatron-LM (arXiv:2104.04473) §2.2.2, Fig. 4.
  func interleavedOrder(stage: Int) -> [Slot] {
    let total = microbatches * chunks
    func turn(_ index: Int) -> (chunk: Int, microbatch: Int) {
      let (group, within) = index.quotientAndRemainder(dividingBy: stages * chunks)
      return (within / stages, group * stages + within % stages)
    }
    func forward(_ index: Int) -> Slot {
      let (chunk, microbatch) = turn(index)
      return Slot(.forward, chunk, microbatch)
    }
    let warmUp = min(2 * (stages - 1 - stage) + (chunks - 1) * stages, total)
    var order = (0..<warmUp).map(forward)
    for backward in 0..<total {
      if warmUp + backward < total { order.append(forward(warmUp + backward)) }
      let (chunk, microbatch) = turn(backward)
      order.append(Slot(.backward, chunks - 1 - chunk, microbatch))
    }
    return order
  }
}
