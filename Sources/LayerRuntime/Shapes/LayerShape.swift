/// The sizes of one connection: T tokens, n streams, C channels.
public struct LayerShape: Hashable, Sendable {
  /// T: tokens of one call; none is allowed.
  public let tokens: Int
  /// n: residual streams.
  public let streams: Int
  /// C: channels of one stream.
  public let channels: Int

  /// The largest tensor taken, 2⁴⁰ elements, so that no index computed from a shape overflows.
  public static let maximumElements = 1 << 40

  /// Checked sizes.
  /// - Parameters:
  ///   - tokens: 0 or more.
  ///   - streams: 1 to 16.
  ///   - channels: 1 to 16777216.
  /// - Throws: ``RuntimeError/invalid(_:expected:found:)`` outside these ranges, or where a stream tensor would have
  ///   more than ``maximumElements``.
  public init(tokens: Int, streams: Int, channels: Int) throws(RuntimeError) {
    guard (1...16).contains(streams) else {
      throw .invalid("streams", expected: "1 to 16", found: "\(streams)")
    }
    guard (1...16_777_216).contains(channels) else {
      throw .invalid("channels", expected: "1 to 16777216", found: "\(channels)")
    }
    guard tokens >= 0, tokens <= Self.maximumElements / (streams * max(channels, streams + 2)) else {
      let limit = Self.maximumElements / (streams * max(channels, streams + 2))
      throw .invalid(
        "tokens", expected: "0 to \(limit) with \(streams) streams of \(channels) channels", found: "\(tokens)")
    }
    self.tokens = tokens
    self.streams = streams
    self.channels = channels
  }

  /// nC: elements of one token's streams.
  public var streamElements: Int { streams * channels }
  /// The shape with other tokens.
  func with(tokens: Int) throws(RuntimeError) -> LayerShape {
    try LayerShape(tokens: tokens, streams: streams, channels: channels)
  }
}
