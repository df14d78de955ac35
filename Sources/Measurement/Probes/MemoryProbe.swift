import CProbes
public import CostModel
public import Quantities

/// Loads and stores arrays side by side, and does nothing else.
public final class MemoryProbe: Probe {
  /// What is read and written.
  public let mix: MemoryMix
  /// The bytes of all arrays together; each array is rounded down to 256 bytes, at least that.
  public let workingSet: Bytes
  /// Bytes of a row where rows of a token are walked side by side; nil for whole arrays.
  public let row: Bytes?
  /// Multiply-adds on every number that is read.
  public let multiplyAdds: Int
  /// Threads that share the arrays.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam
  /// Floats of one array's part that belongs to one thread.
  private let count: Int
  /// Tokens of a thread; 0 where arrays are walked from end to end.
  private let tokens: Int

  /// A probe; nil where the buffer is too small for it, or a row longer than an array.
  ///
  /// Rows are a multiple of 64 bytes. Those of a token lie one after the other, read ones in one tensor and written ones in
  /// the next, as streams do.
  public init?(
    _ mix: MemoryMix, row: Bytes? = nil, multiplyAdds: Int = 0, workingSet: Bytes, threads: Int, buffer: ProbeBuffer,
    variant: ProbeVariant = .best
  ) {
    guard threads > 0, workingSet.count > 0, multiplyAdds >= 0, row.map({ $0.count > 0 && $0.count % 64 == 0 }) ?? true
    else { return nil }
    let step = Int(MHCP_STEP)
    let floats = max(step, workingSet.count / 4 / threads / mix.arrays / step * step)
    if let row {
      tokens = floats / (row.count / 4)
      count = tokens * row.count / 4
      guard tokens > 0 else { return nil }
    } else {
      (tokens, count) = (multiplyAdds > 0 ? 1 : 0, floats)
    }
    guard threads * mix.arrays * (count + ProbeBuffer.padding) <= buffer.size.count / 4 else { return nil }
    self.mix = mix
    (self.row, self.multiplyAdds) = (row, multiplyAdds)
    self.workingSet = workingSet
    self.threads = threads
    self.buffer = buffer
    self.variant = variant
    team = ProbeTeam(threads: threads)
  }

  /// The bytes that memory probes of so many bytes need as a buffer.
  /// - Returns: the working set and room between arrays.
  public static func bufferSize(workingSet: Bytes, threads: Int) -> Bytes {
    Bytes(workingSet.count + 128 * threads * (ProbeBuffer.padding + Int(MHCP_STEP)) * 4)
  }

  /// Bytes loaded and stored in one pass over the arrays.
  public var accessedInPass: Bytes {
    let floats = row == nil && tokens > 0 ? (count + ProbeBuffer.padding) / 16 * 16 : count
    return Bytes(threads * floats * 4 * mix.accesses)
  }

  /// The mix, the rows, the size and the threads.
  public var label: String {
    let store = mix.writes == 0 ? "" : " \(mix.store.rawValue)"
    let rows = row.map { ", rows of \($0.count) bytes" } ?? ""
    let work = multiplyAdds > 0 ? ", \(multiplyAdds) multiply-adds" : ""
    return "memory \(mix.reads):\(mix.writes)\(store)\(rows)\(work), \(workingSet.count >> 10) KiB, \(threads) threads"
  }

  /// Passes over all arrays, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    let stores: [StoreKind: Int] = [
      .ordinary: MHCP_ORDINARY, .streaming: MHCP_STREAMING, .inPlace: MHCP_IN_PLACE,
    ].mapValues { Int($0) }
    let (shared, stride) = (SharedFloats(base: buffer.base), count + ProbeBuffer.padding)
    let (mix, count, variant, store) = (mix, count, variant, Int32(stores[mix.store] ?? 0))
    if tokens > 0 {
      // A whole array is one long row; the room between arrays keeps them out of each other's sets.
      let row = row.map { $0.count / 4 } ?? stride / 16 * 16
      let (tokens, products) = (tokens, Int32(multiplyAdds))
      return team.time(repetitions: repetitions, isWarm: repetitions > 1) { thread, repetitions in
        let base = shared.base + thread * mix.arrays * stride
        _ = variant.table.pointee.rows(
          base, base + tokens * mix.reads * row, tokens, row, Int32(mix.reads), Int32(mix.writes), store, products,
          repetitions)
      }
    }
    // Arrays of which one pass fills a sample are beyond every cache: nothing of a pass is left for the next.
    return team.time(repetitions: repetitions, isWarm: repetitions > 1) { thread, repetitions in
      _ = variant.table.pointee.memory(
        shared.base + thread * mix.arrays * stride, stride, count, Int32(mix.reads), Int32(mix.writes), store,
        repetitions)
    }
  }
}
