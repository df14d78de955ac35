public import Quantities

extension MachineRates {
  /// The part of the shorter of arithmetic and transfers that a core hides behind the longer, 0 to 1.
  ///
  /// From the probes that do arithmetic on what they load: with T of both, M of the transfers alone and A of the arithmetic
  /// alone, (M + A - T) / min(M, A). A core hides what fits into the window in which it reorders instructions; where the
  /// hardware fetches lines ahead that is nearly all, where it waits for a line that nobody asked for it is less.
  ///
  /// - Parameters:
  ///   - row: Bytes of a row where rows are walked side by side; nil for whole arrays.
  ///   - workingSet: The bytes touched between two uses of the same byte, of one thread.
  /// - Returns: the part; nil where no such probe was run.
  public func hiddenFraction(row: Bytes?, workingSet: Bytes) -> Double? {
    guard let peak = vectorRate(.multiplyAdd, threads: 1)?.value else { return nil }
    let both = memory.filter { $0.multiplyAdds > 0 && $0.threads == 1 }
    func curve(_ row: Bytes?) -> Double? {
      let own = both.filter { $0.row == row }
      let points = Set(own.map(\.workingSet)).sorted().compactMap { size -> (at: Double, value: Double)? in
        let parts = own.filter { $0.workingSet == size }.compactMap { hiddenFraction($0, peak: peak) }
        guard !parts.isEmpty else { return nil }
        return (logarithm(Double(size.count)), parts.reduce(0, +) / Double(parts.count))
      }
      return interpolate(points, at: logarithm(Double(max(1, workingSet.count))))
    }
    return RowGeometry.value(row, measured: Set(both.compactMap(\.row))) { curve($0) }.map { min(1, max(0, $0)) }
  }

  private func hiddenFraction(_ both: MemoryRate, peak: Double) -> Double? {
    let alone = memory.first {
      $0.multiplyAdds == 0 && $0.mix == both.mix && $0.row == both.row && $0.workingSet == both.workingSet
        && $0.threads == both.threads
    }
    guard let alone else { return nil }
    let bytes = Double(both.accessed.count)
    let transfers = bytes / alone.rate.value
    let arithmetic = bytes / 4 * both.mix.readFraction * Double(both.multiplyAdds) / peak
    guard transfers > 0, arithmetic > 0 else { return nil }
    return min(1, max(0, (transfers + arithmetic - both.samples.median.value) / min(transfers, arithmetic)))
  }
}
