public import CostModel
public import LayerRuntime
import Measurement
import Quantities

/// The anchors of a measured machine: rows mixed beyond its caches and within the last of them, and multiply-adds.
public enum MachineAnchors {
  /// Anchors for every number of threads that the profile has.
  ///
  /// - Parameter rates: the machine's.
  /// - Returns: three anchors a number of threads, and streaming stores on one; none that the profile has no rate for.
  /// - Throws: `RuntimeError` without room for the probes' arrays.
  public static func all(_ rates: MachineRates) throws(RuntimeError) -> [Anchor] {
    guard let last = rates.identity.caches.last?.size, let mix = MemoryMix(reads: 5, writes: 4) else { return [] }
    // Walked as streams are, where the profile has such rates.
    let row = rates.memory.contains { $0.row == Bytes(4096) } ? Bytes(4096) : nil
    let most = rates.threadCounts.last ?? 1
    let beyond = Bytes(2 * last.count)
    let buffer = try ProbeBuffer(MemoryProbe.bufferSize(workingSet: beyond, threads: most))
    var anchors: [Anchor] = []
    for threads in rates.threadCounts {
      for (part, size, passes) in [(Anchor.Part.memory, beyond, 1), (.cache, Bytes(last.count / 8 * threads), 8)] {
        guard let probe = MemoryProbe(mix, row: row, workingSet: size, threads: threads, buffer: buffer),
          let rate = rates.memoryRate(mix, row: row, workingSet: size, threads: threads)
        else { continue }
        let expected = Seconds(Double(passes * probe.accessedInPass.count) / rate.value)
        anchors.append(Anchor(part, threads: threads, expected: expected) { probe.run(repetitions: passes) })
      }
      if threads == 1, let past = MemoryMix(reads: 5, writes: 4, store: .streaming),
        let probe = MemoryProbe(past, row: row, workingSet: beyond, threads: 1, buffer: buffer),
        let rate = rates.memoryRate(past, row: row, workingSet: beyond, threads: 1)
      {
        let expected = Seconds(Double(probe.accessedInPass.count) / rate.value)
        anchors.append(Anchor(.streaming, threads: 1, expected: expected) { probe.run(repetitions: 1) })
      }
      guard let probe = VectorProbe(.multiplyAdd, threads: threads, buffer: buffer),
        let rate = rates.vectorRate(.multiplyAdd, threads: threads)
      else { continue }
      let repetitions = max(1, Int(0.5e-3 * rate.value / Double(probe.resultsInRound.count)))
      let expected = Seconds(Double(repetitions * probe.resultsInRound.count) / rate.value)
      anchors.append(Anchor(.core, threads: threads, expected: expected) { probe.run(repetitions: repetitions) })
    }
    return anchors
  }
}
