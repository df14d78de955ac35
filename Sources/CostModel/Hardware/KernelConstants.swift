public import Quantities

/// What was learned of one kernel on one device: the constants of its law, with their error bars.
///
/// t = t0 + bytes / (η B), or with one of the limits in place of η B where it is the slower.
public struct KernelConstants: Hashable, Sendable {
  /// Who wrote the kernel: `triton`, an inference engine.
  public var source: String
  /// The stack's version; empty where all versions run the same kernel.
  public var version: String
  /// What was timed, by its name in tables of times.
  public var operation: String
  /// t0 of one call.
  public var latency: Sourced<Estimate<Seconds>>
  /// η; nil for a kernel whose bytes do not matter.
  public var efficiency: Sourced<Estimate<Double>>?
  /// τ of a kernel that walks over its tokens one after the other.
  public var tokenTime: Sourced<Estimate<Seconds>>?
  /// The same, of two blocks of it that share a multiprocessor.
  public var tokenPairTime: Sourced<Estimate<Seconds>>?
  /// What the multiprocessors together can take in for the projection.
  public var onChipRate: Sourced<Estimate<BytesPerSecond>>?
  /// The sizes that it was learned on.
  public var learned: [Size]

  /// The size of a measured call.
  public struct Size: Hashable, Sendable {
    /// T.
    public var tokens: Int
    /// C.
    public var channels: Int

    /// Tokens and channels.
    public init(tokens: Int, channels: Int) {
      self.tokens = tokens
      self.channels = channels
    }
  }

  /// Constants of one kernel.
  public init(
    source: String, version: String, operation: String, latency: Sourced<Estimate<Seconds>>,
    efficiency: Sourced<Estimate<Double>>?, tokenTime: Sourced<Estimate<Seconds>>? = nil,
    tokenPairTime: Sourced<Estimate<Seconds>>? = nil,
    onChipRate: Sourced<Estimate<BytesPerSecond>>? = nil, learned: [Size] = []
  ) {
    self.source = source
    self.version = version
    self.operation = operation
    self.latency = latency
    self.efficiency = efficiency
    self.tokenTime = tokenTime
    self.tokenPairTime = tokenPairTime
    self.onChipRate = onChipRate
    self.learned = learned
  }
}
