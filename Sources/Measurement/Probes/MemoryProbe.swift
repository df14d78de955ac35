import CProbes
public import CostModel
public import Quantities

/// Loads and stores arrays side by side, and does nothing else.
public final class MemoryProbe: Probe {
  /// What is read and written.
  public let mix: MemoryMix
  /// The bytes of all arrays together; each array is rounded down to 256 bytes, at least that.
  public let workingSet: Bytes
  /// Threads that share the arrays.
  public let threads: Int

  private let buffer: ProbeBuffer
  private let variant: ProbeVariant
  private let team: ProbeTeam
  /// Floats of one array's part that belongs to one thread.
  private let count: Int

  /// A probe; nil where the buffer is too small for it.
  public init?(
    _ mix: MemoryMix, workingSet: Bytes, threads: Int, buffer: ProbeBuffer, variant: ProbeVariant = .best
  ) {
    guard threads > 0, workingSet.count > 0 else { return nil }
    let step = Int(MHCP_STEP)
    count = max(step, workingSet.count / 4 / threads / mix.arrays / step * step)
    guard threads * mix.arrays * (count + ProbeBuffer.padding) <= buffer.size.count / 4 else { return nil }
    self.mix = mix
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
  public var accessedInPass: Bytes { Bytes(threads * count * 4 * mix.accesses) }

  /// The mix, the size and the threads.
  public var label: String {
    let store = mix.writes == 0 ? "" : " \(mix.store.rawValue)"
    return "memory \(mix.reads):\(mix.writes)\(store), \(workingSet.count >> 10) KiB, \(threads) threads"
  }

  /// Passes over all arrays, on all threads.
  public func run(repetitions: Int) -> Seconds? {
    let stores: [StoreKind: Int] = [
      .ordinary: MHCP_ORDINARY, .streaming: MHCP_STREAMING, .inPlace: MHCP_IN_PLACE,
    ].mapValues { Int($0) }
    let (shared, stride) = (SharedFloats(base: buffer.base), count + ProbeBuffer.padding)
    let (mix, count, variant, store) = (mix, count, variant, Int32(stores[mix.store] ?? 0))
    // Arrays of which one pass fills a sample are beyond every cache: nothing of a pass is left for the next.
    return team.time(repetitions: repetitions, isWarm: repetitions > 1) { thread, repetitions in
      _ = variant.table.pointee.memory(
        shared.base + thread * mix.arrays * stride, stride, count, Int32(mix.reads), Int32(mix.writes), store,
        repetitions)
    }
  }
}
