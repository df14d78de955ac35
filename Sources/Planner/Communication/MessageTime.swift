import CostModel

/// Seconds of messages for one microbatch on one stage, by what they are for, at every corner.
///
/// Pipeline messages are not in it: they pass between stages.
struct MessageTime: Sendable {
  var tensor = Corners.zero
  /// What the attention core does not hide.
  var context = Corners.zero
  var expert = Corners.zero
  /// Weights and gradients of sharded parameters that the pass does not hide.
  var data = Corners.zero
  /// What the attention core hides of the ring's messages.
  var hiddenContext = Corners.zero
  /// What the pass hides of weights and gradients.
  var hiddenData = Corners.zero

  /// What computing waits for.
  var exposed: Corners { tensor + context + expert + data }
  /// What runs beside it.
  var hidden: Corners { hiddenContext + hiddenData }

  static func += (left: inout MessageTime, right: MessageTime) {
    left.tensor += right.tensor
    left.context += right.context
    left.expert += right.expert
    left.data += right.data
    left.hiddenContext += right.hiddenContext
    left.hiddenData += right.hiddenData
  }

  /// Adds the same messages several times.
  mutating func add(_ other: MessageTime, times count: Double) {
    tensor += count * other.tensor
    context += count * other.context
    expert += count * other.expert
    data += count * other.data
    hiddenContext += count * other.hiddenContext
    hiddenData += count * other.hiddenData
  }

  static func * (factor: Double, time: MessageTime) -> MessageTime {
    var product = MessageTime()
    product.add(time, times: factor)
    return product
  }

  init() {}

  /// The messages of one pass of a layer function.
  ///
  /// Keys and values go round while the attention core works on those that are there.
  /// - Parameters:
  ///   - rows: the pass.
  ///   - links: the layout's.
  ///   - core: seconds of the attention core in the pass; zero where nothing hides messages.
  /// - Source: Ring Attention (arXiv:2310.01889) §3.
  init(_ rows: [MessageCost], _ links: LayoutLinks, core: Corners) {
    var ring = Corners.zero
    for row in rows {
      let load = links.groups.load(row)
      guard load != .none else { continue }
      let seconds = row.pattern == .exchange ? links.shared.routedSeconds(load) : links.shared.seconds(load)
      switch row.parallelism {
      case .tensor: tensor += seconds
      case .expert: expert += seconds
      case .context where row.pattern == .ring: ring += seconds
      case .context: context += seconds
      }
    }
    hiddenContext = pointwiseMin(ring, core)
    context += ring - hiddenContext
  }
}
