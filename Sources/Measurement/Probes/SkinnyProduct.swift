public import Quantities

/// A product of tall rows with a table of few columns, or both products of its gradients, by vector code.
///
/// Rows come from wherever they lie; the table is gone through again for every few rows. It is the shape of a projection, and
/// of nothing that a layer means by it.
public struct SkinnyProduct: Hashable, Sendable {
  /// Which products.
  public enum Pass: Hashable, Sendable {
    /// Rows times the table, and the sum of squares of every row.
    case forward
    /// Rows of dx from the table, the table's gradient from rows; dx begins with what is there, or not.
    case backward(accumulates: Bool)
    /// The same for all rows of a token, whose rows of dx begin with a mix of as many rows of another tensor.
    case mixed
    /// The same where the mix stands side by side already, for one tile of tokens of four streams of float32.
    case staged
  }

  /// Which products.
  public var pass: Pass
  /// Rows of a token.
  public var rows: Int
  /// Numbers of a row.
  public var inputs: Int
  /// Columns of the table.
  public var outputs: Int
  /// Streams of a token: all rows of a token together are as many streams of as many channels.
  public var streams: Int
  /// Channels of a stream.
  public var channels: Int
  /// Channels of every segment of a row that a pass over all rows takes at a time: a multiple of 32.
  public var slice: Int
  /// Whether x, dx and what is mixed are bfloat16.
  public var isBFloat16: Bool
  /// Whether dx, or what is mixed meanwhile, is stored past the caches.
  public var isStreaming = false
  /// Forwards, whether the four rows of the tokens before are mixed between the products, or before them where there are no registers
  /// for it: into one row, and that and them into four.
  public var mixesBeside = false
  /// Backwards of staged rows, whether the rows of the tile after it are walked and staged between strips of channels.
  public var walksBeside = false
  /// Factors of a token of these.
  static let factorsBeside = 24

  /// Products of these sizes.
  public init(
    _ pass: Pass, rows: Int, inputs: Int, outputs: Int, streams: Int, channels: Int, slice: Int, isBFloat16: Bool
  ) {
    (self.pass, self.rows, self.inputs, self.outputs) = (pass, rows, inputs, outputs)
    (self.streams, self.channels, self.slice, self.isBFloat16) = (streams, channels, slice, isBFloat16)
  }

  /// Bytes of x, dx and what is mixed for a token, each counted once; what is only fetched for the next tile is not.
  public var bytesOfToken: Bytes {
    let tensor = streams * channels * (isBFloat16 ? 2 : 4)
    return switch pass {
    case .forward: Bytes(mixesBeside ? 2 * tensor + 4 * channels : tensor)
    case .backward: Bytes(2 * tensor)
    case .mixed: Bytes(3 * tensor + 4 * channels)
    case .staged: Bytes(2 * tensor + stagedBytesOfToken.count)
    }
  }

  /// Bytes of what dx begins with, of a token, where it stands side by side.
  var stagedBytesOfToken: Bytes { RowTraffic.stagedBytes(streams: streams, channels: channels) }

  /// The same of what stays in a cache.
  public var cachedBytesOfToken: Bytes {
    Bytes(bytesOfToken.count - (isStreaming ? streams * channels * (isBFloat16 ? 2 : 4) : 0))
  }

  /// Multiply-adds of a token: products forwards with the squares; backwards twice as many, and one for every number
  /// of x.
  public var multiplyAdds: Elements {
    let products = rows * inputs * outputs
    let numbers = streams * channels
    return switch pass {
    case .forward: Elements(products + numbers + (mixesBeside ? numbers * (1 + 1 + streams) : 0))
    case .backward, .staged: Elements(2 * products + numbers)
    case .mixed: Elements(2 * products + numbers * (streams + 2))
    }
  }

  /// `forward, 4 streams of 1024, rows of 4096 by 24`.
  var label: String {
    let kind: String
    switch pass {
    case .forward: kind = mixesBeside ? "forward beside rows that are mixed" : "forward"
    case .backward(let accumulates): kind = accumulates ? "backward, added" : "backward"
    case .mixed: kind = "backward, mixed"
    case .staged: kind = "backward, mixed before" + (walksBeside ? ", beside rows that are walked" : "")
    }
    let format = (isBFloat16 ? " in bf16" : "") + (isStreaming ? " past the caches" : "")
    return "\(kind), \(streams) streams of \(channels)\(format), rows of \(inputs) by \(outputs)"
  }
}
