public import CostModel
public import Quantities

extension Hardware {
  /// A device of measured rates, as a plan takes it: the roofline's few numbers out of the many that were measured.
  ///
  /// - Parameters:
  ///   - rates: The machine's; memory at least.
  ///   - memory: Its memory.
  ///
  /// Nil where memory was not measured.
  public init?(measured rates: MachineRates, memory: Bytes) {
    guard let threads = rates.threadCounts.last else { return nil }
    let points = rates.memory.filter { $0.threads == threads && $0.row == nil && $0.multiplyAdds == 0 }
    let largest = points.map(\.workingSet).max()
    let writeAllocate = rates.hasWriteAllocate ?? true
    let buses = points.filter { $0.workingSet == largest }.map { $0.busRate(writeAllocate: writeAllocate).value }
    guard let bandwidth = Samples(buses.map { Seconds($0) }), let most = buses.max() else { return nil }
    let source = "mhc-plan measure on \(rates.identity.date), \(threads) thread\(threads == 1 ? "" : "s")"
    let (peak, efficiency) = Self.matrix(rates, threads: threads, source: source)
    let vector = rates.vectorRate(.multiplyAdd, threads: threads).map { 2 * $0.value }

    self.init(
      name: Self.name(rates.identity),
      title: "\(rates.identity.cores) × \(rates.identity.processor), measured",
      memoryCapacity: Sourced(memory, kind: .measured, source: "what the system reports"),
      memoryBandwidth: Sourced(
        BytesPerSecond(most), kind: .measured,
        source: "\(source): the fastest mix of reads and writes beyond the caches, lines read for stores included"),
      memoryEfficiency: Sourced(
        Estimate(low: bandwidth.least.value / most, expected: bandwidth.median.value / most, high: 1),
        kind: .measured, source: "\(source): the slowest and the median of the mixes over the fastest"),
      hasWriteAllocate: Sourced(
        writeAllocate, kind: rates.hasWriteAllocate == nil ? .assumed : .measured,
        source: "\(source): an ordinary copy against one with streaming stores"),
      matrixPeak: [
        .float32: peak,
        .bfloat16: Sourced(peak.value, kind: .assumed, source: "bf16 operands are widened and multiplied in fp32"),
      ],
      matrixEfficiency: efficiency,
      attentionEfficiency: Sourced(
        Estimate(low: 0.2, expected: 0.4, high: 0.8), kind: .assumed, source: "not measured"),
      vectorPeak: Sourced(
        FLOPsPerSecond(vector ?? peak.value.value), kind: vector == nil ? .assumed : .measured,
        source: "\(source): multiply-adds on registers"),
      kernelLatency: Self.latency(rates, threads: threads, source: source))
  }

  /// The best product, and what those of the layers' shapes reach of it.
  private static func matrix(
    _ rates: MachineRates, threads: Int, source: String
  ) -> (Sourced<FLOPsPerSecond>, Sourced<Estimate<Double>>) {
    let products = rates.products.filter { $0.threads == threads }
    guard let peak = products.map(\.rate).max() else {
      let vector = rates.vectorRate(.multiplyAdd, threads: threads).map { 2 * $0.value } ?? 1
      return (
        Sourced(FLOPsPerSecond(vector), kind: .assumed, source: "no OpenBLAS: multiply-adds on registers"),
        Sourced(Estimate(low: 0.5, expected: 0.75, high: 1), kind: .assumed, source: "no OpenBLAS")
      )
    }
    // Square ones set the peak; one with few columns is the connection's, not the layer function's.
    let layers = products.filter {
      $0.shape.rows != $0.shape.columns && min($0.shape.rows, $0.shape.columns, $0.shape.inner) > 24
    }
    let parts = (layers.isEmpty ? products : layers).map { max(0.001, $0.rate / peak) }.sorted()
    return (
      Sourced(peak, kind: .measured, source: "\(source): the best single-precision product through OpenBLAS"),
      Sourced(
        Estimate(low: parts[0], expected: parts[parts.count / 2], high: parts[parts.count - 1]), kind: .measured,
        source: "\(source): products of a feed-forward function over the best, slowest, median and fastest")
    )
  }

  private static func latency(
    _ rates: MachineRates, threads: Int, source: String
  ) -> Sourced<Estimate<Seconds>> {
    func samples(_ state: StartState) -> Samples? {
      rates.starts.first { $0.threads == threads && $0.state == state }?.samples
    }
    guard let warm = samples(.warm), let idle = samples(.idle) else {
      return Sourced(Estimate(exactly: .zero), kind: .assumed, source: "on one thread nothing is started")
    }
    return Sourced(
      Estimate(low: min(warm.least, idle.least), expected: warm.median, high: max(warm.median, idle.median)),
      kind: .measured, source: "\(source): a parallel call until its last thread has begun, which polled or slept")
  }

  /// `measured-amd-epyc-2-cores`.
  private static func name(_ identity: MachineIdentity) -> String {
    let words = identity.processor.prefix { $0 != "(" }.lowercased()
      .split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return (["measured"] + words.prefix(6).map { String($0.prefix(12)) } + ["\(identity.cores)", "cores"])
      .joined(separator: "-")
  }
}
