import Quantities

/// The kernels of a pair, and the order in which the compute stream takes them.
///
/// The runs of both passes alternate, so that what one communicates is hidden by what the other computes; the backward
/// pass begins.
/// - Source: DeepSeek-V3 (arXiv:2412.19437) §3.2.1, Fig. 4; mHC (arXiv:2512.24880) §4.3.3.
struct PairKernels: Sendable {
  private(set) var kernels: [PairKernel] = []
  /// Kernels of the normal stream, in order.
  private(set) var order: [Int] = []
  /// Kernels of the stream of high priority, in order.
  let priority: [Int]
  /// What the forward message waits for; -1 for nothing.
  let forwardEnd: Int
  /// What the backward message waits for; -1 for nothing.
  let backwardEnd: Int

  init(forward: [SublayerWork], backward: [BlockWork], options: OverlapOptions) {
    let ahead = Self.forward(forward, options.prioritizesMerge, in: &kernels)
    let back = Self.backward(backward, in: &kernels)
    for turn in 0..<max(ahead.runs.count, back.runs.count) {
      if turn < back.runs.count { order += back.runs[turn] }
      if turn < ahead.runs.count { order += ahead.runs[turn] }
    }
    priority = kernels.indices.filter { [kernels] in kernels[$0].place == .priority }
    (forwardEnd, backwardEnd) = (ahead.end, back.end)
  }

  private static func forward(
    _ layers: [SublayerWork], _ prioritizesMerge: Bool, in kernels: inout [PairKernel]
  ) -> PairChain {
    var chain = PairChain(isForward: true)
    for layer in layers {
      let isAttention = layer.kind == .attention
      chain.compute(layer.preparation, in: &kernels)
      chain.communicate(layer.before, in: &kernels)
      chain.compute(layer.function, isAttention: isAttention, in: &kernels)
      chain.communicate(layer.after, in: &kernels)
      if prioritizesMerge, !isAttention {
        chain.prioritize(layer.merge, in: &kernels)
      } else {
        chain.compute(layer.merge, in: &kernels)
      }
    }
    return chain
  }

  private static func backward(_ blocks: [BlockWork], in kernels: inout [PairKernel]) -> PairChain {
    var chain = PairChain(isForward: false)
    for (index, block) in blocks.enumerated().reversed() {
      chain.block = index
      // The block at the back is made again before the pair begins: its inputs are here.
      if index < blocks.count - 1 { chain.compute(block.recompute, isRecompute: true, in: &kernels) }
      for layer in block.sublayers.reversed() {
        chain.compute(layer.backwardMerge, in: &kernels)
        chain.communicate(layer.backwardAfter, in: &kernels)
        chain.compute(layer.backwardFunction, isAttention: layer.kind == .attention, in: &kernels)
        chain.putOffWeights(layer.weights, in: &kernels)
        chain.communicate(layer.backwardBefore, in: &kernels)
        chain.compute(layer.backwardPreparation, in: &kernels)
      }
      chain.flushWeights()
    }
    return chain
  }
}
