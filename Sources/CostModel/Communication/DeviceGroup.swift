/// Devices that exchange messages, by how many of them share a fast domain.
///
/// Devices are numbered stage by stage, in a stage replica by replica, then context rank, then tensor rank, and domains
/// are filled in that order: tensor-parallel devices are neighbours, pipeline stages are farthest apart.
/// - Source: Megatron-LM's default order, `tp-cp-ep-dp-pp`; Narayanan et al. (arXiv:2104.04473) §3.2 for why.
public struct DeviceGroup: Hashable, Sendable {
  /// k: members in one domain.
  public let inside: Int
  /// m: domains that the group reaches over.
  public let domains: Int
  /// p: peers that a device has to send to at once to use its whole bandwidth inside a domain, at least 1.
  public let fanOut: Double

  /// The group of every `stride`-th device.
  ///
  /// Where a domain holds no whole share of the group, the largest divisor of the group's size that it does hold is
  /// taken, as a domain's part of a collective waits for the smallest part.
  /// - Parameters:
  ///   - size: members, at least 1.
  ///   - stride: devices from one member to the next, at least 1.
  ///   - domain: devices of a domain, at least 1.
  ///   - fanOut: ``Interconnect/fanOut`` of the devices, at least 1; 1 behind a switch.
  public init(size: Int, stride: Int, domain: Int, fanOut: Double = 1) {
    let room = max(1, domain / stride)
    inside = size <= room ? size : (1...room).last { size % $0 == 0 } ?? 1
    domains = size / inside
    self.fanOut = fanOut
  }

  /// Members.
  public var size: Int { inside * domains }

  /// Bytes that a device could have sent inside its domain while it sent these, over links that lead to others.
  ///
  /// - Parameters:
  ///   - bytes: what it sends.
  ///   - peers: to how many at once.
  /// - Returns: (p / min(p, peers) - 1) times as many; none behind a switch.
  func idleBytes(beside bytes: Double, toPeers peers: Double) -> Double {
    // A device alone in its domain has no peers there, and sends nothing.
    bytes * (fanOut / min(fanOut, max(1, peers)) - 1)
  }
}
