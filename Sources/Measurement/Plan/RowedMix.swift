public import CostModel
public import Quantities

/// A mix whose arrays are walked row by row, the rows of a token side by side; or with arithmetic on what is read.
///
/// Streams of n rows a token are walked so: where rows are short the hardware's prefetcher starts anew so often that half
/// of the bandwidth is lost, and rows a multiple of 4 KiB apart share the sets of the nearest cache.
public struct RowedMix: Hashable, Sendable {
  /// Rows read and written for a token.
  public var mix: MemoryMix
  /// Bytes of a row; nil for whole arrays.
  public var row: Bytes?
  /// Multiply-adds on every number that is read.
  public var multiplyAdds = 0

  /// The mixes that kernels have with four streams, some with two and eight, at rows of 256 to 4096 numbers.
  static func all(_ effort: Effort) -> [RowedMix] {
    let ordinary = [(4, 0), (9, 0), (4, 1), (1, 4), (4, 4), (5, 4), (9, 5)].compactMap {
      MemoryMix(reads: $0.0, writes: $0.1)
    }
    let past = [(5, 4), (9, 4)].compactMap { MemoryMix(reads: $0.0, writes: $0.1, store: .streaming) }
    let four = ordinary + past + [MemoryMix(reads: 9, writes: 4, store: .inPlace)].compactMap { $0 }
    let two = [
      MemoryMix(reads: 2, writes: 1), MemoryMix(reads: 3, writes: 2), MemoryMix(reads: 5, writes: 3),
      MemoryMix(reads: 3, writes: 2, store: .streaming),
    ].compactMap { $0 }
    let eight = [
      MemoryMix(reads: 9, writes: 8), MemoryMix(reads: 17, writes: 9),
      MemoryMix(reads: 9, writes: 8, store: .streaming),
    ].compactMap { $0 }
    let rows: [(Int, [MemoryMix])] =
      effort == .full
      ? [(1024, four), (2048, four + eight), (4096, four + two), (16384, four)] : [(1024, four), (4096, four)]
    let alone = rows.flatMap { row, mixes in mixes.map { RowedMix(mix: $0, row: Bytes(row)) } }
    let computing = [(4, 1), (5, 4)].compactMap { MemoryMix(reads: $0.0, writes: $0.1) }.flatMap { mix in
      [nil, Bytes(1024), Bytes(4096)].map { RowedMix(mix: mix, row: $0, multiplyAdds: 4) }
    }
    return alone + computing
  }
}
