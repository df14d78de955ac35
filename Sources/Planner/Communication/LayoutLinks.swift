import CostModel
import Quantities

/// The groups of a layout and the links they talk over.
///
/// A class, so that a plan's parts share it without copying.
final class LayoutLinks: Sendable {
  let groups: LayoutGroups
  /// For messages that plain residual connections send too.
  let shared: Links
  /// For messages that are n times a residual's.
  let streams: Links

  /// The links of a layout; nil where devices cannot reach each other.
  init?(_ shared: Links?, _ streams: Links?, _ share: DeviceShare) throws(OverflowError) {
    guard let shared, let streams else { return nil }
    groups = try LayoutGroups(share, domain: shared.domain, fanOut: shared.fanOut)
    self.shared = shared
    self.streams = streams
  }
}

/// Messages around the embedding and the output head, whose rows are divided over the tensor-parallel devices.
///
/// The rows of one token's embedding are added up into shares of tokens; before the head the shares come together.
/// - Source: Shoeybi et al. (arXiv:1909.08053) §3; Korthikanti et al. (arXiv:2205.05198) §4.2.2.
struct EndMessages: Sendable {
  var embedding = MessageTime()
  var embeddingBackward = MessageTime()
  var head = MessageTime()
  var headBackward = MessageTime()

  init(_ cost: ModelCost, _ links: LayoutLinks?) {
    guard let links, links.groups.tensor.size > 1 else { return }
    let bytes = cost.channelBytes
    func row(_ pattern: MessageRow.Pattern) -> MessageCost {
      MessageCost(name: "", parallelism: .tensor, pattern: pattern, side: .input, bytesPerToken: bytes, isRerun: false)
    }
    func time(_ patterns: MessageRow.Pattern...) -> MessageTime {
      MessageTime(patterns.map(row), links, core: .zero)
    }
    embedding = time(.scatter)
    embeddingBackward = time(.gather)
    let heads = Double(1 + cost.model.predictionModules.count)
    head = heads * time(.gather)
    headBackward = heads * time(.gather, .scatter)
  }
}
