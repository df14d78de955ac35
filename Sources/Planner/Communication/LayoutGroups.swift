import CostModel
import Quantities

/// The groups of a layout, and what a row sends in them.
struct LayoutGroups: Sendable {
  private let layout: Layout
  /// Tokens of a microbatch after context parallelism.
  private let tokens: Double
  let tensor: DeviceGroup
  let context: DeviceGroup
  let expert: DeviceGroup
  /// Devices with the same dense weights: replicas and context ranks.
  let data: DeviceGroup
  /// Devices with the same experts.
  let expertData: DeviceGroup
  /// The devices of one pipeline.
  let pipeline: DeviceGroup
  private let stageDevices: Int
  private let domain: Int
  private let fanOut: Double

  init(_ share: DeviceShare, domain: Int, fanOut: Double) throws(OverflowError) {
    layout = share.layout
    tokens = Double(share.contextTokens)
    (self.domain, self.fanOut) = (domain, fanOut)
    func group(_ size: Int, stride: Int) -> DeviceGroup {
      DeviceGroup(size: size, stride: stride, domain: domain, fanOut: fanOut)
    }
    tensor = group(layout.tensor, stride: 1)
    context = group(layout.context, stride: layout.tensor)
    expert = group(layout.expert, stride: 1)
    data = group(share.dataShards, stride: layout.tensor)
    expertData = group(share.expertShards, stride: layout.expert)
    stageDevices = try layout.stageDevices
    pipeline = group(layout.pipeline, stride: stageDevices)
  }

  /// What a device sends for one row and one microbatch.
  ///
  /// Heads go round the ring divided over the tensor-parallel devices, each whole; compressed entries are one head.
  func load(_ row: MessageCost) -> MessageLoad {
    let bytes = Double(row.bytesPerToken) * tokens
    switch row.parallelism {
    case .tensor where layout.tensor > 1:
      switch (row.pattern, layout.sequenceParallel) {
      case (.join, _) where layout.tensor > row.keyValueHeads:
        return MessageLoad(.allGather, bytes: bytes, over: tensor)
      case (.split, _) where layout.tensor > row.keyValueHeads:
        return MessageLoad(.reduceScatter, bytes: bytes, over: tensor)
      case (.gather, true): return MessageLoad(.allGather, bytes: bytes, over: tensor)
      case (.scatter, true): return MessageLoad(.reduceScatter, bytes: bytes, over: tensor)
      case (.scatter, false), (.sum, false): return MessageLoad(.allReduce, bytes: bytes, over: tensor)
      default: return .none
      }
    case .context where layout.context > 1:
      switch row.pattern {
      case .ring:
        return MessageLoad(
          .ring, bytes: bytes * layout.keyValueShare(heads: row.keyValueHeads), over: context)
      case .shift: return MessageLoad(.send, bytes: bytes, over: context)
      case .gather: return MessageLoad(.allGather, bytes: bytes * Double(layout.context), over: context)
      case .scatter: return MessageLoad(.reduceScatter, bytes: bytes * Double(layout.context), over: context)
      case .exchange, .sum, .join, .split: return .none
      }
    case .expert where layout.expert > 1:
      return MessageLoad(
        tokens: bytes / Double(layout.tensor), over: expert, domainReach: row.reach(expert.domains),
        deviceReach: row.reach(expert.size))
    default: return .none
    }
  }

  /// The streams from a stage to another: inside a domain where all of both are.
  func message(from sender: Int, to receiver: Int, bytes: Int) -> MessageLoad {
    guard sender != receiver else { return .none }
    let (first, last) = (min(sender, receiver), max(sender, receiver))
    // Stages beyond the first domain's worth may share a domain too; the products are of devices that exist.
    let isNear =
      stageDevices <= domain
      && first * stageDevices / domain == ((last + 1) * stageDevices - 1) / domain
    let pair = DeviceGroup(size: 2, stride: isNear ? 1 : domain + 1, domain: domain, fanOut: fanOut)
    return MessageLoad(.send, bytes: Double(bytes), over: pair)
  }
}
