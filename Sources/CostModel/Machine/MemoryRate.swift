public import Quantities

/// The measured rate of one mix of reads and writes, at one size and with so many threads.
public struct MemoryRate: Hashable, Sendable {
  /// What was read and written.
  public let mix: MemoryMix
  /// Bytes of one row where the arrays are walked row by row, all rows of a token side by side; nil where each array is
  /// walked from end to end.
  public let row: Bytes?
  /// Multiply-adds done on every element that was read; 0 where transfers were measured alone.
  public let multiplyAdds: Int
  /// Threads that shared the arrays, each with its own part.
  public let threads: Int
  /// The bytes of all arrays together, over all threads: what decides the cache they are in.
  public let workingSet: Bytes
  /// The bytes that one sample loaded and stored, all passes over the arrays and all threads together.
  public let accessed: Bytes
  /// The time of each sample.
  public let samples: Samples

  /// A measured rate; nil unless threads and sizes are above zero.
  public init?(
    mix: MemoryMix, row: Bytes? = nil, multiplyAdds: Int = 0, threads: Int, workingSet: Bytes, accessed: Bytes,
    samples: Samples
  ) {
    guard threads > 0, workingSet.count > 0, accessed.count > 0, multiplyAdds >= 0, row.map({ $0.count > 0 }) ?? true
    else { return nil }
    self.mix = mix
    self.row = row
    self.multiplyAdds = multiplyAdds
    self.threads = threads
    self.workingSet = workingSet
    self.accessed = accessed
    self.samples = samples
  }

  /// Bytes loaded and stored a second, without what write-allocate adds; by the median.
  public var rate: BytesPerSecond { BytesPerSecond(Double(accessed.count) / samples.median.value) }

  /// Bytes a second on the memory bus, where the arrays are far larger than the caches; by the median.
  ///
  /// - Parameter writeAllocate: whether an ordinary store reads its line first.
  /// - Returns: the rate with the lines read for ordinary stores.
  public func busRate(writeAllocate: Bool) -> BytesPerSecond {
    let factor = Double(mix.transfers(writeAllocate: writeAllocate)) / Double(mix.accesses)
    return BytesPerSecond(factor * rate.value)
  }
}
