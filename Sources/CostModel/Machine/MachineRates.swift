import Quantities

/// What probes measured on one machine: the rates that a prediction of its times starts from.
///
/// Nothing in it comes from a layer: memory, matrix products, vector code and thread starts are measured alone, so that
/// a prediction made from them is held to something it has not seen.
public struct MachineRates: Hashable, Sendable {
  /// The machine and what was installed on it.
  public var identity: MachineIdentity
  /// Memory rates by mix, working set and threads.
  public var memory: [MemoryRate]
  /// Matrix products through OpenBLAS by shape and threads; empty without the library.
  public var products: [ProductRate]
  /// Vector code by kind and threads.
  public var vector: [VectorRate]
  /// Latencies of parallel calls.
  public var starts: [ParallelStart]
  /// How it was measured.
  public var conditions: MeasurementConditions
  /// How far predictions may be off.
  public var limits: ValidationLimits

  /// Rates of one machine.
  public init(
    identity: MachineIdentity, memory: [MemoryRate], products: [ProductRate], vector: [VectorRate],
    starts: [ParallelStart], conditions: MeasurementConditions = MeasurementConditions(effort: "full", rounds: 1),
    limits: ValidationLimits = ValidationLimits()
  ) {
    self.identity = identity
    self.memory = memory
    self.products = products
    self.vector = vector
    self.starts = starts
    self.conditions = conditions
    self.limits = limits
  }

  /// The numbers of threads with which memory was measured, rising.
  public var threadCounts: [Int] { Set(memory.map(\.threads)).sorted() }

  /// How many probes there were.
  public var probeCount: Int { memory.count + products.count + vector.count + starts.count }

  /// Whether an ordinary store reads its line first: the time of a copy beyond the caches, ordinary over streaming.
  ///
  /// Write-allocate moves three bytes for two, so the times should differ by half; above a quarter counts as yes.
  ///
  /// - Returns: nil where one of the two copies was not measured.
  public var hasWriteAllocate: Bool? {
    guard let most = threadCounts.last, let size = memory.map(\.workingSet).max(),
      let ordinary = MemoryMix(reads: 1, writes: 1), let streaming = MemoryMix(reads: 1, writes: 1, store: .streaming),
      let slow = measured(ordinary, most, size), let fast = measured(streaming, most, size)
    else { return nil }
    return fast.rate / slow.rate > 1.25
  }

  private func measured(_ mix: MemoryMix, _ threads: Int, _ workingSet: Bytes) -> MemoryRate? {
    memory.first {
      $0.mix == mix && $0.row == nil && $0.multiplyAdds == 0 && $0.threads == threads && $0.workingSet == workingSet
    }
  }
}
