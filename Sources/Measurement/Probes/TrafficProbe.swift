import CProbes
public import Quantities

/// Walks rows of tensors as an operation of the ledger does, token by token, and does nothing else.
///
/// Tensors lie one after the other, and every thread has a part of the tokens of each, as in a layer: which rows share the
/// sets of a cache depends on it.
public final class TrafficProbe: Probe {
  /// What is moved and computed for a token.
  public let traffic: RowTraffic
  /// Tokens of all threads together.
  public let tokens: Int
  /// Threads that share the tokens.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam

  /// A probe; nil where its form is not known or the buffer too small.
  public init?(
    _ traffic: RowTraffic, tokens: Int, threads: Int, buffer: ProbeBuffer, variant: ProbeVariant = .best
  ) {
    guard threads > 0, tokens >= threads, tokens <= 1 << 32, traffic.channels > 0, traffic.channels % 32 == 0,
      traffic.channels <= 1 << 20, (1...8).contains(traffic.streams)
    else { return nil }
    self.traffic = traffic
    (self.tokens, self.threads) = (tokens, threads)
    (self.buffer, self.variant) = (buffer, variant)
    team = ProbeTeam(threads: threads)
    guard Self.bufferSize(traffic, tokens: tokens) <= buffer.size else { return nil }
    // One token tells whether the form is known.
    var one = parts(thread: 0)
    one.tokens = 1
    guard variant.table.pointee.traffic(&one, 1) != 0 else { return nil }
  }

  /// The bytes of all tensors, of the sums and of the factors.
  public static func bufferSize(_ traffic: RowTraffic, tokens: Int) -> Bytes {
    Bytes(tokens * (traffic.bytesOfToken.count + 4 * traffic.sums) + 64 * 8 + factorBytes)
  }
  private static let factorBytes = 1024

  /// The rows, the tokens and the threads.
  public var label: String { "rows: \(traffic.label), \(tokens) tokens, \(threads) threads" }

  /// Passes over all tokens, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    let (variant, parts) = (variant, (0..<threads).map { Parts(traffic: self.parts(thread: $0)) })
    return team.time(repetitions: repetitions, isWarm: repetitions > 1) { thread, repetitions in
      var part = parts[thread].traffic
      _ = variant.table.pointee.traffic(&part, repetitions)
    }
  }

  private struct Parts: @unchecked Sendable { var traffic: mhcp_traffic }

  /// Where a thread's tokens of every tensor lie.
  private func parts(thread: Int) -> mhcp_traffic {
    let (first, last) = (tokens * thread / threads, tokens * (thread + 1) / threads)
    let element = traffic.isBFloat16 ? 2 : 4
    var place = UnsafeMutableRawPointer(buffer.base)
    func take(_ bytesOfToken: Int) -> UnsafeMutableRawPointer {
      defer { place += (tokens * bytesOfToken + 63) / 64 * 64 }
      return place + first * bytesOfToken
    }
    let stream = traffic.streams * traffic.channels * element
    let channel = traffic.channels * 4
    var made = mhcp_traffic()
    let factors = place.assumingMemoryBound(to: Float.self)
    place += Self.factorBytes
    made.factors = UnsafePointer(factors)
    if traffic.streamReads > 0 { made.stream.0 = UnsafeRawPointer(take(stream)) }
    if traffic.streamReads > 1 { made.stream.1 = UnsafeRawPointer(take(stream)) }
    if traffic.streamWrites > 0 { made.stream_out = take(stream) }
    if traffic.channelReads > 0 { made.channel = UnsafePointer(take(channel).assumingMemoryBound(to: Float.self)) }
    if traffic.channelWrites > 0 { made.channel_out = take(channel).assumingMemoryBound(to: Float.self) }
    made.sums_out = take(4 * traffic.sums).assumingMemoryBound(to: Float.self)
    (made.tokens, made.channels) = (last - first, traffic.channels)
    made.streams = Int32(traffic.streams)
    (made.stream_reads, made.channel_reads) = (Int32(traffic.streamReads), Int32(traffic.channelReads))
    (made.stream_writes, made.channel_writes) = (Int32(traffic.streamWrites), Int32(traffic.channelWrites))
    (made.in_place, made.sums) = (traffic.isInPlace ? 1 : 0, Int32(traffic.sums))
    (made.streaming, made.bfloat16) = (traffic.isStreaming ? 1 : 0, traffic.isBFloat16 ? 1 : 0)
    made.ahead = traffic.fetchesAhead ? 1 : 0
    return made
  }
}
