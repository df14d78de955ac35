/// Writes a stage's order pass by pass, each chunk's microbatches one after the other.
struct PassCounter {
  /// The order so far.
  private(set) var order: [Slot] = []
  /// The next microbatch of each chunk, forward and backward.
  private(set) var nextForward: [Int]
  private(set) var nextBackward: [Int]
  /// Weights' gradients put off, the oldest first.
  private var putOff: [Slot] = []
  private var firstPutOff = 0

  /// A stage whose chunks begin with these microbatches.
  init(first: [Int]) {
    nextForward = first
    nextBackward = first
  }

  mutating func forward(_ chunk: Int) {
    order.append(Slot(.forward, chunk, nextForward[chunk]))
    nextForward[chunk] += 1
  }

  /// A backward pass; with `putsOffWeights` the gradients of the weights come with a later ``weights()``.
  mutating func backward(_ chunk: Int, putsOffWeights: Bool = false) {
    let microbatch = nextBackward[chunk]
    nextBackward[chunk] += 1
    guard putsOffWeights else {
      order.append(Slot(.backward, chunk, microbatch))
      return
    }
    order.append(Slot(.backwardInput, chunk, microbatch))
    putOff.append(Slot(.backwardWeight, chunk, microbatch))
  }

  mutating func pair(forward chunk: Int, backward other: Int) {
    order.append(Slot(pair: (chunk, nextForward[chunk]), (other, nextBackward[other])))
    nextForward[chunk] += 1
    nextBackward[other] += 1
  }

  /// The oldest gradients of weights that are still put off, if there are any.
  mutating func weights() {
    guard hasWeights else { return }
    order.append(putOff[firstPutOff])
    firstPutOff += 1
  }

  var hasWeights: Bool { firstPutOff < putOff.count }
}
