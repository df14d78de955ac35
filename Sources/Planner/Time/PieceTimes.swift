import CostModel
import Schedules

/// Times of the pieces that stages are put together from, for one microbatch on one device.
///
/// A class, so that a plan's parts share it without copying.
final class PieceTimes: Sendable {
  private let kinds: [Kind]
  private let connectionForward: Corners
  private let connectionBackward: Corners
  /// Of both, F_post,res.
  private let mergeForward: Corners
  private let mergeBackward: Corners
  private let recomputePerBlock: Corners
  private let recomputePerLayer: Corners
  private let recomputePerInnerLayer: Corners
  private let headForward: Corners
  private let headBackward: Corners
  private let headWeights: Corners
  private let ends: EndMessages
  private let level: RecomputeLevel

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
      kinds = rates.kinds.indices.map {
        let weights = WeightTraffic(share.kinds[$0].parameters, cost.setup, roofline)
        return Kind(
          rates.kinds[$0], share, cost.kinds[$0], weights, links, cost.setup.layerRecompute, cost.setup.overlap)
      }
      ends = EndMessages(cost, links)
    }
    let head = WeightTraffic(share.head(of: cost.model), cost.setup, roofline)
    headForward = pointwiseMax(rates.headForward.seconds(share), head.forward)
    headBackward = pointwiseMax(rates.headBackward.seconds(share), head.backward)
    headWeights = rates.headWeights.seconds(share)
    level = cost.setup.layerRecompute
    let tokens = Double(share.tokens)
    let connection = cost.connection
    connectionForward = roofline.seconds(connection.forward, tokens: tokens)
    connectionBackward = roofline.seconds(connection.backward, tokens: tokens)
    mergeForward = roofline.seconds(connection.mergeForward, tokens: tokens)
    mergeBackward = roofline.seconds(connection.mergeBackward, tokens: tokens)
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
      time.forwardMessages.add(one.forwardMessages, times: count)
      time.backwardMessages.add(one.backwardMessages, times: count)
      // The attention core runs again in every layer; whole functions only where a block is recomputed.
      guard level == .attention else { continue }
      time.layerRecompute += count * one.rerun
      time.recomputeMessages.add(one.rerunMessages, times: count)
    }
    time.connectionForward = Double(stage.layers) * connectionForward
    time.connectionBackward = Double(stage.layers) * connectionBackward
    var first = stage.range.lowerBound
    var place = 0
    while place < segments.count {
      // Neighbouring blocks at once, but for the last segment, which the backward pass begins with.
      var range = first..<first
      let begin = place
      repeat {
        range = first..<range.upperBound + segments[place].layers
        place += 1
      } while place < segments.count - 1 && segments[place].kind == segments[begin].kind
      first = range.upperBound
      guard segments[begin].kind == .recomputed else { continue }
      let again = recompute(of: range, blocks: place - begin, cost)
      time.connectionRecompute += again.connection
      time.layerRecompute += again.layers
      if level == .full { time.recomputeMessages += again.messages }
      if first == stage.range.upperBound { time.firstRecompute = again.connection + again.layers }
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

  /// A part layer by layer, for the event simulation.
  ///
  /// - Parameters:
  ///   - part: the part.
  ///   - segments: how it is recomputed, front to back.
  ///   - cost: the model.
  ///   - data: what the part's passes wait for of sharded weights and gradients, forward and backward.
  /// - Returns: a segment each.
  func segments(
    _ part: Stage, _ segments: [RecomputeSegment], _ cost: ModelCost, data: (forward: Corners, backward: Corners)
  ) -> [PartWorks.Segment] {
    let layers = kinds.map(sublayer)
    var first = part.range.lowerBound
    var result = segments.map { segment in
      let range = first..<first + segment.layers
      first = range.upperBound
      var sublayers = cost.kindOfLayer[range].map { layers[$0] }
      guard segment.kind == .recomputed else { return PartWorks.Segment(sublayers: sublayers) }
      let (connection, functions, _) = recompute(of: range, blocks: 1, cost)
      if level == .full {
        for (index, kind) in cost.kindOfLayer[range].enumerated() {
          sublayers[index].backwardAfter += kinds[kind].rerunMessages
        }
      }
      return PartWorks.Segment(recompute: connection + functions, sublayers: sublayers)
    }
    result[0].sublayers[0].before.data += data.forward
    result[0].sublayers[0].backwardBefore.data += data.backward
    if part.isFirst {
      result[0].sublayers[0].before += ends.embedding
      result[0].sublayers[0].backwardBefore += ends.embeddingBackward
    }
    if part.isLast {
      var head = SublayerTime()
      (head.function, head.weights) = (headForward, headWeights)
      head.backwardFunction = headBackward - headWeights
      (head.before, head.backwardBefore) = (ends.head, ends.headBackward)
      result[result.count - 1].sublayers.append(head)
    }
    return result
  }

  private func sublayer(_ kind: Kind) -> SublayerTime {
    var time = SublayerTime(isAttention: kind.isAttention)
    time.preparation = connectionForward - mergeForward
    time.function = kind.forward
    time.merge = mergeForward
    time.backwardMerge = mergeBackward
    time.backwardFunction = kind.backward - kind.weights
    time.backwardPreparation = connectionBackward - mergeBackward
    time.weights = kind.weights
    (time.before, time.after) = (kind.before, kind.after)
    (time.backwardAfter, time.backwardBefore) = (kind.backwardAfter, kind.backwardBefore)
    // The attention core runs again in every layer.
    guard level == .attention else { return time }
    time.backwardFunction += kind.rerun
    time.backwardAfter += kind.rerunMessages
    return time
  }

  /// Making neighbouring blocks again: connections, layer functions where they are dropped whole, and their messages.
  private func recompute(
    of range: Range<Int>, blocks: Int, _ cost: ModelCost
  ) -> (connection: Corners, layers: Corners, messages: MessageTime) {
    let connection =
      Double(blocks) * recomputePerBlock + Double(range.count) * recomputePerLayer
      + Double(range.count - blocks) * recomputePerInnerLayer
    var (layers, messages) = (Corners.zero, MessageTime())
    guard level == .full else { return (connection, layers, messages) }
    for kind in kinds.indices {
      let count = Double(cost.count(of: kind, in: range))
      layers += count * kinds[kind].rerun
      messages.add(kinds[kind].rerunMessages, times: count)
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
