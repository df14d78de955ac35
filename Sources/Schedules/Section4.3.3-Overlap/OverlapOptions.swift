/// What mHC does at the boundaries of stages; each can be switched off to see what it buys.
///
/// - Source: mHC (arXiv:2512.24880) §4.3.3.
public struct OverlapOptions: Hashable, Sendable {
  /// Recompute needs no message: the stage holds the inputs of its blocks, and can begin before the gradient is there.
  public var decouplesRecompute: Bool
  /// F_post,res of feed-forward layers runs on a stream of high priority, where passes overlap.
  public var prioritizesMerge: Bool
  /// Long attention kernels give way to the stream of high priority; persistent kernels would not.
  public var preemptsAttention: Bool
  /// A message of an overlapped pair leaves as soon as it is made; otherwise as the pair ends, as DualPipe was released.
  public var sendsWithinPair: Bool
  /// Messages and communication inside a stage run beside computation; otherwise the stage waits for them.
  public var overlapsCommunication: Bool

  /// All of them, unless said otherwise.
  public init(
    decouplesRecompute: Bool = true, prioritizesMerge: Bool = true, preemptsAttention: Bool = true,
    sendsWithinPair: Bool = true, overlapsCommunication: Bool = true
  ) {
    self.decouplesRecompute = decouplesRecompute
    self.prioritizesMerge = prioritizesMerge
    self.preemptsAttention = preemptsAttention
    self.sendsWithinPair = sendsWithinPair
    self.overlapsCommunication = overlapsCommunication
  }
}
