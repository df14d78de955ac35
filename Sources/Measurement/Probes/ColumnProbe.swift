import CProbes
public import Quantities

/// Numbers of a token that are worked on sixteen tokens at a time: gathered into lanes, put through functions, summed over
/// tokens, and scattered again.
public struct ColumnWork: Hashable, Sendable {
  /// Numbers of a token that are read, and written: 1 to 640 each.
  public var reads, writes: Int
  /// How many of them take an exponential and a division.
  public var exponentials = 0
  /// Sums of a number over all tokens.
  public var sums = 0

  /// So many numbers, that are scaled and shifted unless more is set.
  public init(reads: Int, writes: Int) { (self.reads, self.writes) = (reads, writes) }
}

/// Works on the numbers of tokens that a cache holds, over and over.
public final class ColumnProbe: Probe {
  /// What is done for a token.
  public let work: ColumnWork
  /// Tokens of all threads together.
  public let tokens: Int
  /// Threads that share the tokens.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let variant: ProbeVariant

  /// A probe; nil where the buffer is too small.
  public convenience init?(_ work: ColumnWork, tokens: Int, threads: Int, buffer: ProbeBuffer) {
    self.init(work, tokens: tokens, threads: threads, buffer: buffer, variant: .best)
  }

  init?(_ work: ColumnWork, tokens: Int, threads: Int, buffer: ProbeBuffer, variant: ProbeVariant) {
    let most = Int(MHCP_MOST_COLUMNS)
    guard (1...most).contains(work.reads), (1...most).contains(work.writes), (0...most).contains(work.exponentials),
      (0...most).contains(work.sums), threads > 0, tokens >= 16 * threads, tokens <= 1 << 24,
      Self.bufferSize(work, tokens: tokens, threads: threads) <= buffer.size
    else { return nil }
    (self.work, self.tokens, self.threads) = (work, tokens, threads)
    (self.buffer, self.variant) = (buffer, variant)
  }

  /// The bytes of what is read and written, and of the sums.
  public static func bufferSize(_ work: ColumnWork, tokens: Int, threads: Int) -> Bytes {
    Bytes(4 * (tokens * (work.reads + work.writes) + 64) + threads * (8 * work.sums + 128))
  }

  /// The numbers, the tokens and the threads.
  public var label: String {
    "columns: \(work.reads) read, \(work.writes) written, \(work.exponentials) exponentials, \(work.sums) sums, "
      + "\(tokens) tokens, \(threads) threads"
  }

  /// Passes over all tokens, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    let (shared, variant, work, tokens, threads) = (SharedFloats(base: buffer.base), variant, work, tokens, threads)
    return ProbeTeam(threads: threads).time(repetitions: repetitions) { thread, repetitions in
      let (first, last) = (tokens * thread / threads, tokens * (thread + 1) / threads)
      let out = shared.base + (tokens * work.reads + 31) / 16 * 16
      let sums = UnsafeMutableRawPointer(out + (tokens * work.writes + 31) / 16 * 16) + thread * (8 * work.sums + 64)
      var made = mhcp_columns()
      made.in = UnsafePointer(shared.base + first * work.reads)
      made.out = out + first * work.writes
      made.sums_out = UnsafeMutableRawPointer(bitPattern: (UInt(bitPattern: sums) + 63) / 64 * 64)?
        .assumingMemoryBound(to: Double.self)
      (made.tokens, made.reads, made.writes) = (last - first, work.reads, work.writes)
      (made.exponentials, made.sums, made.factor) = (work.exponentials, work.sums, 0.5)
      variant.table.pointee.columns(&made, repetitions)
    }
  }
}
