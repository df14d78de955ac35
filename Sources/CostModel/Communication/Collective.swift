/// What a group of devices does with a message.
public enum Collective: String, CaseIterable, Hashable, Sendable {
  /// Everyone gets every part: B is the whole.
  case allGather
  /// Everyone gets one part of the sum: B is the whole.
  case reduceScatter
  /// Everyone gets the whole sum, B.
  case allReduce
  /// Everyone passes what it has on, until all have seen all: B is what one device holds.
  case ring
  /// One device sends B to one other.
  case send
}

/// What one device sends while a collective runs: messages one after another, and their bytes, in each tier.
///
/// The alpha-beta model: a message of k bytes takes α + k β; a tier's time is `messages` α + `bytes` β, and one tier follows
/// the other. β is that of a device's whole bandwidth: where one peer gets only a part of it, what the rest could have
/// carried meanwhile counts too.
/// - Source: Hockney, Parallel Computing 20 (1994) for the model; Thakur, Rabenseifner and Gropp, IJHPCA 19 (2005) §4 for
///   the collectives.
public struct MessageLoad: Hashable, Sendable {
  /// Messages inside a domain.
  public var domainMessages = 0.0
  /// Bytes inside a domain.
  public var domainBytes = 0.0
  /// Bytes that a device could have sent inside a domain meanwhile, over links to peers that no message goes to.
  ///
  /// 0 behind a switch.
  public var domainIdleBytes = 0.0
  /// Messages between domains.
  public var networkMessages = 0.0
  /// Bytes between domains.
  public var networkBytes = 0.0

  /// No messages.
  public static let none = MessageLoad()

  init() {}

  /// What a device sends.
  ///
  /// Gathers and scatters are rings, first between the domains, with the members of a domain taking a share each, then
  /// inside them, so that a device sends (g−1)/g of B in g = k m parts of which (m−1)/(k m) cross. A ring that leaves a
  /// domain waits for its slowest hop.
  ///
  /// With a link to each peer, gathers and scatters use the k−1 links of a device to k−1 others at once, as every part can
  /// go straight to whom it is for. Who passes on to the next or sends to one other uses one.
  /// - Parameters:
  ///   - collective: what is done.
  ///   - bytes: B.
  ///   - group: the devices.
  public init(_ collective: Collective, bytes: Double, over group: DeviceGroup) {
    let (k, m) = (Double(group.inside), Double(group.domains))
    switch collective {
    case .allGather, .reduceScatter:
      (networkMessages, networkBytes) = (m - 1, (m - 1) / (m * k) * bytes)
      (domainMessages, domainBytes) = (k - 1, (k - 1) / k * bytes)
      domainIdleBytes = group.idleBytes(beside: domainBytes, toPeers: k - 1)
    case .allReduce:
      self =
        MessageLoad(.reduceScatter, bytes: bytes, over: group) + MessageLoad(.allGather, bytes: bytes, over: group)
    case .ring:
      let hops = k * m - 1
      if group.domains > 1 {
        (networkMessages, networkBytes) = (hops, hops * bytes)
      } else {
        (domainMessages, domainBytes) = (hops, hops * bytes)
        domainIdleBytes = group.idleBytes(beside: domainBytes, toPeers: 1)
      }
    case .send:
      if group.domains > 1 {
        (networkMessages, networkBytes) = (1, bytes)
      } else {
        (domainMessages, domainBytes) = (1, bytes)
        domainIdleBytes = group.idleBytes(beside: domainBytes, toPeers: 1)
      }
    }
  }

  /// What a device sends of its tokens to the devices that have their experts, or back.
  ///
  /// A token goes once to each domain that has any of its experts, to the counterpart of its device there, which hands it
  /// on, once to each device of the domain that has any; results come back the same way, added up in the domain.
  /// - Parameters:
  ///   - bytes: of one copy of each token that the device holds.
  ///   - group: the devices that the experts are divided over.
  ///   - domainReach: the probability that a domain has any of a token's experts.
  ///   - deviceReach: the probability that a device has any.
  /// - Source: DeepSeek-V3 (arXiv:2412.19437) §3.2.2; DeepEP (https://github.com/deepseek-ai/DeepEP),
  ///   `get_dispatch_layout`: tokens are counted once a device, and once a domain.
  public init(tokens bytes: Double, over group: DeviceGroup, domainReach: Double, deviceReach: Double) {
    let (k, m) = (Double(group.inside), Double(group.domains))
    (networkMessages, networkBytes) = (m - 1, (m - 1) * domainReach * bytes)
    (domainMessages, domainBytes) = (k - 1, m * (k - 1) * deviceReach * bytes)
    domainIdleBytes = group.idleBytes(beside: domainBytes, toPeers: k - 1)
  }

  /// Both, one after the other.
  public static func + (left: MessageLoad, right: MessageLoad) -> MessageLoad {
    var sum = left
    sum.domainMessages += right.domainMessages
    sum.domainBytes += right.domainBytes
    sum.domainIdleBytes += right.domainIdleBytes
    sum.networkMessages += right.networkMessages
    sum.networkBytes += right.networkBytes
    return sum
  }

  /// So many times.
  public static func * (factor: Double, load: MessageLoad) -> MessageLoad {
    var product = load
    product.domainMessages *= factor
    product.domainBytes *= factor
    product.domainIdleBytes *= factor
    product.networkMessages *= factor
    product.networkBytes *= factor
    return product
  }
}
