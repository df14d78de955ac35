import Quantities

/// One kernel, or one communication, of a forward and a backward pass that run as one.
struct PairKernel: Sendable {
  enum Place: Sendable { case compute, priority, communication }

  var place: Place
  var time: Int
  var isForward: Bool
  /// Whether a persistent kernel would hold the device to its end.
  var isAttention = false
  var isRecompute = false
  /// The block of the backward pass; -1 in the forward pass.
  var block = -1
  /// The kernel that has to end before it starts; -1 for none.
  var after = -1
}

/// One of the two passes of a pair, cut into runs of kernels at its communication.
struct PairChain {
  let isForward: Bool
  /// Kernels of the normal stream; between two runs the pass communicates.
  private(set) var runs: [[Int]] = [[]]
  /// The last kernel that the pass's message waits for; -1 for none.
  private(set) var end = -1
  /// The block that kernels are added for.
  var block = -1
  private var putOff: [Int] = []

  init(isForward: Bool) { self.isForward = isForward }

  mutating func compute(
    _ time: Picoseconds, isAttention: Bool = false, isRecompute: Bool = false, in kernels: inout [PairKernel]
  ) {
    guard time.count > 0 else { return }
    runs[runs.count - 1].append(kernels.count)
    append(.compute, time, isAttention: isAttention, isRecompute: isRecompute, in: &kernels)
  }

  /// Communication: the next kernel of the pass waits for it, and what comes after is a run of its own.
  mutating func communicate(_ time: Picoseconds, in kernels: inout [PairKernel]) {
    guard time.count > 0 else { return }
    append(.communication, time, in: &kernels)
    flushWeights()
    runs.append([])
  }

  /// A kernel on the stream of high priority.
  mutating func prioritize(_ time: Picoseconds, in kernels: inout [PairKernel]) {
    guard time.count > 0 else { return }
    append(.priority, time, in: &kernels)
  }

  /// Gradients of weights: they go to the end of the run, as nothing waits for them.
  mutating func putOffWeights(_ time: Picoseconds, in kernels: inout [PairKernel]) {
    guard time.count > 0 else { return }
    putOff.append(kernels.count)
    kernels.append(PairKernel(place: .compute, time: time.count, isForward: isForward, block: block, after: end))
  }

  /// Ends what can wait in the present run.
  mutating func flushWeights() {
    runs[runs.count - 1] += putOff
    putOff = []
  }

  private mutating func append(
    _ place: PairKernel.Place, _ time: Picoseconds, isAttention: Bool = false, isRecompute: Bool = false,
    in kernels: inout [PairKernel]
  ) {
    let after = end
    end = kernels.count
    kernels.append(
      PairKernel(
        place: place, time: time.count, isForward: isForward, isAttention: isAttention, isRecompute: isRecompute,
        block: block, after: after))
  }
}
