import Quantities
import Schedules
import TestSupport

/// A step of random times and sizes, zeros among them.
struct RandomStep: CustomStringConvertible {
  var pipeline: Pipeline
  var work: [PartWork]
  var fixed: [Bytes]
  var options: OverlapOptions

  init(_ generator: inout SplitMix64) {
    pipeline = smallPipelines.randomElement(using: &generator) ?? smallPipelines[0]
    func time(_ most: Int) -> Picoseconds {
      Picoseconds(Bool.random(using: &generator) ? 0 : Int.random(in: 1...most, using: &generator))
    }
    func bytes() -> Bytes { Bytes(Int.random(in: 0...9, using: &generator)) }
    func block() -> BlockWork {
      let layers = (0..<Int.random(in: 1...3, using: &generator)).map { _ in
        var layer = SublayerWork(Bool.random(using: &generator) ? .attention : .feedForward)
        layer.preparation = time(3)
        layer.before = time(9)
        layer.function = time(20)
        layer.after = time(9)
        layer.merge = time(4)
        layer.backwardMerge = time(6)
        layer.backwardAfter = time(9)
        layer.backwardFunction = time(25)
        layer.backwardBefore = time(9)
        layer.backwardPreparation = time(5)
        layer.weights = time(20)
        return layer
      }
      return BlockWork(layers, recompute: time(15), kept: bytes(), keptForWeights: bytes(), transient: bytes())
    }
    work = (0..<pipeline.parts).map { _ in
      PartWork(
        blocks: (0..<Int.random(in: 1...3, using: &generator)).map { _ in block() },
        forwardMessage: Message(time: time(12), buffer: bytes()),
        backwardMessage: Message(time: time(12), buffer: bytes()), forwardTransient: bytes())
    }
    fixed = (0..<pipeline.stages).map { _ in bytes() }
    options = OverlapOptions(
      decouplesRecompute: Bool.random(using: &generator), prioritizesMerge: Bool.random(using: &generator),
      preemptsAttention: Bool.random(using: &generator), sendsWithinPair: Bool.random(using: &generator),
      overlapsCommunication: Bool.random(using: &generator))
  }

  func timeline() throws -> StepTimeline {
    try StepTimeline(pipeline, work: work, fixed: fixed, options: options)
  }

  var description: String { "\(pipeline) \(options)" }
}
