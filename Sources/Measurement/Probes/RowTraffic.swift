import CProbes
public import Quantities

/// What an operation moves and computes for a token, in rows: no more than its ledger row says.
///
/// A stream tensor has as many rows a token as there are streams, any other tensor one. What an operation means is not
/// in it: a probe of it loads, mixes and stores as many rows, and is no part of any layer.
public struct RowTraffic: Hashable, Sendable {
  /// Rows of a stream tensor: 1, 2, 4 or 8.
  public var streams: Int
  /// Numbers of a row: a multiple of 32.
  public var channels: Int
  /// Whether streams are bfloat16 rather than float32; all else is float32.
  public var isBFloat16 = false
  /// Stream tensors that are read and not written: 0 to 2.
  public var streamReads = 0
  /// Tensors of one row that are read: 0 or 1.
  public var channelReads = 0
  /// Stream tensors that are written: 0 or 1.
  public var streamWrites = 0
  /// Tensors of one row that are written, 0 to 2; two are a mix of each of two stream tensors, and take part in sums.
  public var channelWrites = 0
  /// Whether the stream tensor that is written is read as well.
  public var isInPlace = false
  /// Whether it is stored past the caches.
  public var isStreaming = false
  /// Whether the rows of the token after the next are asked for while one is worked on.
  public var fetchesAhead = false
  /// Whether they are asked for in the order in which they lie, where the processor rounds to bfloat16.
  public var fetchesInOrder = false
  /// Sums over a token's channels of products of two rows.
  public var sums = 0
  /// Tokens whose written rows stand side by side at most, for a product that takes them.
  public static let stagedTokens = Int(MHCP_STAGED_TOKENS)
  /// Factors of a token of its own, that are read for it: 0 where all tokens share the same.
  public var factors = 0

  /// Traffic of these rows; nothing is read or written unless set.
  public init(streams: Int, channels: Int) { (self.streams, self.channels) = (streams, channels) }

  /// Bytes of all its tensors for a token, each counted once.
  public var bytesOfToken: Bytes {
    let row = channels * (isBFloat16 ? 2 : 4)
    let written = isStaged ? stagedBytesOfToken.count : streamWrites * streams * row
    return Bytes(streamReads * streams * row + written + (channelReads + channelWrites) * channels * 4)
  }

  /// The same of what stays in a cache.
  public var cachedBytesOfToken: Bytes {
    let past = isStreaming ? streamWrites * streams * channels * (isBFloat16 ? 2 : 4) : 0
    return Bytes(bytesOfToken.count - past)
  }

  /// Whether all sums of two tensors are made, those of the rows that are a mix of either included.
  private var joins: Bool { streamReads == 2 && sums > streams * (streams + 1) }
  /// Whether rows are written side by side beside all sums, sixteen channels of every row at a time, in float32.
  public var isStaged: Bool { joins && streamWrites == 1 }
  /// Bytes of such rows of a token: one vector more.
  public var stagedBytesOfToken: Bytes { Self.stagedBytes(streams: streams, channels: channels) }
  static func stagedBytes(streams: Int, channels: Int) -> Bytes {
    Bytes(4 * streams * channels + 64)
  }

  /// Multiply-adds of a token.
  ///
  /// A written row is a mix of the rows of the first tensor read, and of the one row read where that is all that is read
  /// beside it. Where there are sums, too, of a single tensor it is the one row times a factor; in place that is added;
  /// two tensors without sums are added number by number. A sum takes one for each channel. Where all sums of two tensors
  /// are made it is a mix of the second tensor's, and of their mix.
  public var multiplyAdds: Elements {
    let rowsOfChannelTensor = streamReads > 0 ? streams : 1
    let rowsOfStreamTensor: Int
    if isInPlace || streamReads == 0 || (streamReads == 1 && sums > 0) || (streamReads == 2 && sums == 0) {
      rowsOfStreamTensor = 1
    } else {
      rowsOfStreamTensor = streams + (streamReads == 1 ? channelReads : 0)
    }
    if isStaged { return Elements((streams * (streams + 1) + 2 * streams + sums) * channels) }
    let mixed = streamWrites * streams * rowsOfStreamTensor + channelWrites * rowsOfChannelTensor
    return Elements((mixed + sums) * channels)
  }

  /// `4 streams of 1024, 2 + 1 tensors read, 1 + 1 written, 20 sums`.
  var label: String {
    let streamed = isStreaming ? " past the caches" : isInPlace ? " in place" : isStaged ? " side by side" : ""
    let ahead = fetchesAhead ? ", fetched ahead\(fetchesInOrder ? " in order" : "")" : ""
    let format = isBFloat16 ? " in bf16" : ""
    return "\(streams) streams of \(channels)\(format), \(streamReads) + \(channelReads) tensors read, "
      + "\(streamWrites) + \(channelWrites) written\(streamed), \(sums) sums, \(factors) factors\(ahead)"
  }
}
