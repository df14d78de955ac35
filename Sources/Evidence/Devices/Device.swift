public import Quantities

/// A GPU as the kernel law sees it.
public struct Device: Hashable, Sendable {
  /// The name of the hardware profile, where there is one.
  public var name: String
  /// Other names that tables use.
  public var aliases: [String]
  /// Compute capability times ten: 90 for Hopper; nil for a device that is none of NVIDIA's.
  public var capability: Int?
  /// B: what the memory bus moves, check bits that travel on it taken off.
  public var bandwidth: BytesPerSecond
  /// Multiprocessors; 1 where their number is not known, which makes every wave a block.
  public var multiprocessors: Int
  /// Cycles of all multiprocessors in a second; nil where they are not known.
  public var cyclesPerSecond: Double?
  /// Where the numbers come from.
  public var source: String

  /// A device of these numbers.
  public init(
    name: String, aliases: [String] = [], capability: Int? = nil, bandwidth: BytesPerSecond,
    multiprocessors: Int = 1, cyclesPerSecond: Double? = nil, source: String
  ) {
    self.name = name
    self.aliases = aliases
    self.capability = capability
    self.bandwidth = bandwidth
    self.multiprocessors = multiprocessors
    self.cyclesPerSecond = cyclesPerSecond
    self.source = source
  }

  /// Devices with the same launch latency and the same kernels: 8 for Ampere and Ada, 9 for Hopper, 10 for Blackwell.
  var generation: Int { (capability ?? 0) / 10 }
}
