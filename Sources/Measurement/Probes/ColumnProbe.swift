import CProbes
public import Quantities

/// Numbers of a token that are worked on sixteen tokens at a time: gathered into lanes, put through functions, summed over
/// tokens, and scattered again.
public struct ColumnWork: Hashable, Sendable {
  /// Numbers of a token in each matrix that is read, and written: up to six matrices with up to 640 numbers.
  public var reads, writes: [Int]
  /// How many of them take an exponential and a division.
  public var exponentials = 0
  /// Multiply-adds of a token.
  public var multiplyAdds = 0
  /// Sums of a number over all tokens.
  public var sums = 0

  /// n, where the first n² numbers that are read are a square matrix whose exponentials are divided by sums of lines; else 0.
  public var side = 0
  /// How often they are: columns and rows in turn.
  public var divided = 0
  /// Whether the sums are raised by a number before.
  public var isRaised = false
  /// Whether that is undone again, and n² numbers that are read last go through its derivatives and are written.
  public var isRestored = false

  /// Such matrices, whose numbers are copied unless more is set.
  public init(reads: [Int], writes: [Int]) { (self.reads, self.writes) = (reads, writes) }

  /// Numbers of a token, read or written in whole fours.
  fileprivate static func columns(_ widths: [Int]) -> Int { widths.reduce(0) { $0 + ($1 + 3) / 4 * 4 } }
  private var isSquareSound: Bool {
    guard side != 0 else { return divided == 0 && !isRaised && !isRestored }
    return (1...Int(MHCP_MOST_SIDE)).contains(side) && (0...Int(MHCP_MOST_DIVIDED)).contains(divided)
      && Self.columns(reads) >= side * side && (!isRestored || (reads.count > 1 && reads.last == side * side))
  }
  fileprivate var isSound: Bool {
    let most = Int(MHCP_MOST_COLUMNS)
    return [reads, writes].allSatisfy { widths in
      (1...Int(MHCP_MOST_MATRICES)).contains(widths.count) && widths.allSatisfy { (1...most).contains($0) }
        && Self.columns(widths) <= most
    } && isSquareSound && [exponentials, sums].allSatisfy { (0...most).contains($0) }
      && (0...1 << 16).contains(multiplyAdds)
  }
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
    guard work.isSound, threads > 0, tokens >= 16 * threads, tokens <= 1 << 24,
      Self.bufferSize(work, tokens: tokens, threads: threads) <= buffer.size
    else { return nil }
    (self.work, self.tokens, self.threads) = (work, tokens, threads)
    (self.buffer, self.variant) = (buffer, variant)
  }

  /// The bytes of what is read and written, and of the sums.
  public static func bufferSize(_ work: ColumnWork, tokens: Int, threads: Int) -> Bytes {
    let matrices = (work.reads + work.writes).reduce(0) { $0 + room($1, tokens) }
    return Bytes(4 * matrices + threads * (8 * work.sums + 128))
  }

  /// Floats of a matrix, and of what its last row may be read past its end.
  private static func room(_ width: Int, _ tokens: Int) -> Int { (width * tokens + 4 + 15) / 16 * 16 }

  /// The numbers, the tokens and the threads.
  public var label: String {
    let lines = "\(work.isRaised ? " by raised sums" : "")\(work.isRestored ? " and restored" : "")"
    return "columns: \(work.reads) read, \(work.writes) written, \(work.exponentials) exponentials, "
      + "\(work.multiplyAdds) multiply-adds, \(work.sums) sums"
      + (work.side > 0 ? ", \(work.divided) times divided\(lines)" : "")
      + ", \(tokens) tokens, \(threads) threads"
  }

  /// Passes over all tokens, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    let calls = (0..<threads).map { Call(made: call($0)) }
    let variant = variant
    return ProbeTeam(threads: threads).time(repetitions: repetitions) { thread, repetitions in
      var made = calls[thread].made
      variant.table.pointee.columns(&made, repetitions)
    }
  }

  private struct Call: @unchecked Sendable {
    let made: mhcp_columns
  }

  /// What one thread does, with the addresses of its own tokens.
  private func call(_ thread: Int) -> mhcp_columns {
    let (first, last) = (tokens * thread / threads, tokens * (thread + 1) / threads)
    var made = mhcp_columns()
    var next = buffer.base
    func place(_ width: Int) -> UnsafeMutablePointer<Float> {
      defer { next += Self.room(width, tokens) }
      return next + first * width
    }
    // C arrays are tuples here, walked by address.
    withUnsafeMutableBytes(of: &made.in_width) { bytes in
      for (k, width) in work.reads.enumerated() { bytes.storeBytes(of: width, toByteOffset: 8 * k, as: Int.self) }
    }
    withUnsafeMutableBytes(of: &made.out_width) { bytes in
      for (k, width) in work.writes.enumerated() { bytes.storeBytes(of: width, toByteOffset: 8 * k, as: Int.self) }
    }
    let inputs = work.reads.map(place)
    let outputs = work.writes.map(place)
    withUnsafeMutableBytes(of: &made.in) { bytes in
      for (k, base) in inputs.enumerated() {
        bytes.storeBytes(of: UInt(bitPattern: base), toByteOffset: 8 * k, as: UInt.self)
      }
    }
    withUnsafeMutableBytes(of: &made.out) { bytes in
      for (k, base) in outputs.enumerated() {
        bytes.storeBytes(of: UInt(bitPattern: base), toByteOffset: 8 * k, as: UInt.self)
      }
    }
    (made.reads, made.writes) = (work.reads.count, work.writes.count)
    let sums = UnsafeMutableRawPointer(next) + thread * (8 * work.sums + 64)
    made.sums_out = sums.alignedUp(toMultipleOf: 64).assumingMemoryBound(to: Double.self)
    made.tokens = last - first
    (made.exponentials, made.multiply_adds, made.sums) = (work.exponentials, work.multiplyAdds, work.sums)
    (made.side, made.divided) = (work.side, work.divided)
    (made.is_raised, made.is_restored) = (work.isRaised ? 1 : 0, work.isRestored ? 1 : 0)
    made.factor = 0.5
    return made
  }
}
