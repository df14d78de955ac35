import CostModel
import Schedules

/// Times of the pieces that stages are put together from, for one microbatch on one device.
struct PieceTimes: Sendable {
  private let kinds: [Kind]
  private let connectionForward: Corners
  private let connectionBackward: Corners
  private let recomputePerBlock: Corners
  private let recomputePerLayer: Corners
  private let recomputePerInnerLayer: Corners
  private let headForward: Corners
  private let headBackward: Corners
  private let headWeights: Corners
  private let ends: EndMessages
  private let level: RecomputeLevel

  /// One kind of layer function.
  fileprivate struct Kind: Sendable {
    var forward: Corners
    var backward: Corners
    var rerun: Corners
    /// Of backward, the gradients of weights.
    var weights: Corners
    var forwardMessages = MessageTime()
    var backwardMessages = MessageTime()
    var rerunMessages = MessageTime()
  }

  /// The times of a model's pieces.
  ///
  /// - Parameters:
  ///   - roofline: the device.
  ///   - rates: times a token of the model's layer functions.
  ///   - share: the layout's share of the model.
  ///   - cost: the model.
  ///   - links: how devices reach each other; nil where messages are not timed.
  ///   - other: the same layout's times of a model with the same layer functions, to take theirs from.
  init(
    _ roofline: Roofline, _ rates: LayerRates, _ share: DeviceShare, _ cost: ModelCost, _ links: LayoutLinks?,
    like other: PieceTimes?
  ) {
    if let other {
      kinds = other.kinds
      ends = other.ends
    } else {
      kinds = rates.kinds.indices.map { Kind(rates.kinds[$0], share, cost.kinds[$0], links, cost.setup.overlap) }
      ends = EndMessages(cost, links)
    }
    headForward = rates.headForward.seconds(share)
    headBackward = rates.headBackward.seconds(share)
    headWeights = rates.headWeights.seconds(share)
    level = cost.setup.layerRecompute
    let tokens = Double(share.tokens)
    let connection = cost.connection
    connectionForward = roofline.seconds(connection.forward, tokens: tokens)
    connectionBackward = roofline.seconds(connection.backward, tokens: tokens)
    recomputePerBlock = roofline.seconds(connection.recomputePerBlock, tokens: tokens)
    recomputePerLayer = roofline.seconds(connection.recomputePerLayer, tokens: tokens)
    recomputePerInnerLayer = roofline.seconds(connection.recomputePerInnerLayer, tokens: tokens)
  }

  /// The time of one stage, in parts.
  func stage(_ stage: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) -> StageTime {
    var time = StageTime()
    for kind in kinds.indices {
      let count = Double(cost.count(of: kind, in: stage.range))
      guard count > 0 else { continue }
      let one = kinds[kind]
      time.layerForward += count * one.forward
      time.layerBackward += count * one.backward
      time.weightGradients += count * one.weights
      time.forwardMessages += count * one.forwardMessages
      time.backwardMessages += count * one.backwardMessages
      // The attention core runs again in every layer; whole functions only where a block is recomputed.
      guard level == .attention else { continue }
      time.layerRecompute += count * one.rerun
      time.recomputeMessages += count * one.rerunMessages
    }
    time.connectionForward = Double(stage.layers) * connectionForward
    time.connectionBackward = Double(stage.layers) * connectionBackward
    var first = stage.range.lowerBound
    for segment in segments {
      let range = first..<first + segment.layers
      first = range.upperBound
      guard segment.kind == .recomputed else { continue }
      let (connection, layers, messages) = recompute(of: range, cost)
      time.connectionRecompute += connection
      time.layerRecompute += layers
      time.recomputeMessages += messages
      // The backward pass begins with the last segment.
      if first == stage.range.upperBound { time.firstRecompute = connection + layers }
    }
    if stage.isFirst {
      time.forwardMessages += ends.embedding
      time.backwardMessages += ends.embeddingBackward
    }
    if stage.isLast {
      (time.headForward, time.headBackward) = (headForward, headBackward)
      time.weightGradients += headWeights
      time.forwardMessages += ends.head
      time.backwardMessages += ends.headBackward
    }
    return time
  }

  /// The backward pass and recompute of a part, segment by segment.
  func segments(_ part: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost) -> [SegmentTime] {
    var first = part.range.lowerBound
    return segments.map { segment in
      let range = first..<first + segment.layers
      first = range.upperBound
      var time = SegmentTime(backwardInput: Double(segment.layers) * connectionBackward)
      for kind in kinds.indices {
        let (one, count) = (kinds[kind], Double(cost.count(of: kind, in: range)))
        time.backwardInput += count * (level == .attention ? one.backward + one.rerun : one.backward)
        time.backwardWeight += count * one.weights
      }
      if part.isLast, first == part.range.upperBound {
        time.backwardInput += headBackward
        time.backwardWeight += headWeights
      }
      time.backwardInput -= time.backwardWeight
      if segment.kind == .recomputed {
        let (connection, layers, _) = recompute(of: range, cost)
        time.recompute = connection + layers
      }
      return time
    }
  }

  /// Making a block again: connections, layer functions where they are dropped whole, and their messages.
  func recompute(of range: Range<Int>, _ cost: ModelCost) -> (Corners, Corners, MessageTime) {
    let connection =
      recomputePerBlock + Double(range.count) * recomputePerLayer + Double(range.count - 1) * recomputePerInnerLayer
    var (layers, messages) = (Corners.zero, MessageTime())
    guard level == .full else { return (connection, layers, messages) }
    for kind in kinds.indices {
      let count = Double(cost.count(of: kind, in: range))
      layers += count * kinds[kind].rerun
      messages += count * kinds[kind].rerunMessages
    }
    return (connection, layers, messages)
  }

  /// What recomputing a stage costs, in picoseconds, for the search of the least.
  func work(_ stage: Stage, _ cost: ModelCost) throws -> RecomputeWork {
    // A picosecond resolves the fastest kernel; the bound keeps absurd sizes within 64 bits.
    func picoseconds(_ seconds: Corners) -> Int { Int(min(seconds[.expected] * 1e12, 1e15)) }
    let layers = cost.kindOfLayer[stage.range]
    return try RecomputeWork(
      perBlock: picoseconds(recomputePerBlock),
      perLayer: layers.map {
        picoseconds(
          level == .full ? recomputePerLayer + kinds[$0].rerun + kinds[$0].rerunMessages.exposed : recomputePerLayer)
      },
      perInnerLayer: layers.map { _ in picoseconds(recomputePerInnerLayer) })
  }
}

extension PieceTimes.Kind {
  fileprivate init(
    _ rates: LayerRates.Passes, _ share: DeviceShare, _ cost: LayerKindCost, _ links: LayoutLinks?,
    _ overlap: OverlapOptions
  ) {
    forward = rates.forward.seconds(share)
    backward = rates.backward.seconds(share)
    rerun = rates.rerun.seconds(share)
    weights = rates.weights.seconds(share)
    guard let links else { return }
    func messages(_ rows: [MessageCost], hiddenBy core: Corners) -> MessageTime {
      MessageTime(rows, links.groups, links.shared, core: overlap.overlapsCommunication ? core : .zero)
    }
    let core = rates.core.seconds(share)
    forwardMessages = messages(cost.forwardMessages, hiddenBy: core)
    backwardMessages = messages(cost.backwardMessages, hiddenBy: rates.coreBackward.seconds(share))
    rerunMessages = messages(cost.forwardMessages.filter(\.isRerun), hiddenBy: core)
  }
}
