public import Quantities

/// One time that somebody measured on a GPU.
public struct Measurement: Hashable, Sendable {
  /// Who wrote the kernel: `triton`, `tilelang`, an inference engine.
  public var source: String
  /// The vendor stack's version; empty where the table has none.
  public var version: String
  /// The device as the table names it.
  public var system: String
  /// What was timed.
  public var operation: TimedOperation
  /// n.
  public var streams: Int
  /// C.
  public var channels: Int
  /// T: tokens of one call, the product of ``batch`` and ``sequence``.
  public var tokens: Int
  /// Sequences of one call; 1 where the table has tokens only.
  public var batch: Int
  /// The time of the row: of one connection, or of two for an engine's `pre` and `post`.
  public var time: Seconds
  /// The line of the file it came from.
  public var line: Int

  /// One measured time.
  public init(
    source: String, version: String, system: String, operation: TimedOperation, streams: Int, channels: Int,
    tokens: Int, batch: Int = 1, time: Seconds, line: Int = 0
  ) {
    self.source = source
    self.version = version
    self.system = system
    self.operation = operation
    self.streams = streams
    self.channels = channels
    self.tokens = tokens
    self.batch = batch
    self.time = time
    self.line = line
  }

  /// What tells a row from others, its time apart: a row measured twice is the same row.
  var key: Measurement {
    var key = self
    key.time = .zero
    key.line = 0
    return key
  }
}
