import Quantities

/// A part's work added up once, as the simulation needs it for every microbatch.
struct WorkTotals: Sendable {
  let forward: Int
  let forwardCommunication: Int
  let backwardCommunication: Int
  let weights: Int
  let kept: Int
  let keptForWeights: Int
  let blocks: [Block]

  struct Block: Sendable {
    let recompute: Int
    let backwardInput: Int
    let weights: Int
    let kept: Int
    let keptForWeights: Int
    let transient: Int
  }

  /// The sums; they cannot overflow once the step has been checked.
  init(_ part: PartWork) {
    let layers = part.blocks.flatMap(\.sublayers)
    forward = layers.reduce(0) { $0 + $1.forward }
    forwardCommunication = layers.reduce(0) { $0 + $1.forwardCommunication }
    backwardCommunication = layers.reduce(0) { $0 + $1.backwardCommunication }
    blocks = part.blocks.map { block in
      Block(
        recompute: block.recompute.count, backwardInput: block.sublayers.reduce(0) { $0 + $1.backwardInput },
        weights: block.sublayers.reduce(0) { $0 + $1.weights.count }, kept: block.kept.count,
        keptForWeights: block.keptForWeights.count, transient: block.transient.count)
    }
    weights = blocks.reduce(0) { $0 + $1.weights }
    kept = blocks.reduce(0) { $0 + $1.kept }
    keptForWeights = blocks.reduce(0) { $0 + $1.keptForWeights }
  }
}
