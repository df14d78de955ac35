public import Quantities

extension MachineRates {
  /// The rate at which a mix of any size is loaded and stored.
  ///
  /// Between measured points the time of a byte is interpolated, not its rate, because times add. First over the part
  /// of the bytes that is read, among the measured mixes with the same kind of store: a mix between two others is some
  /// of the one and some of the other. Pure reads belong to every kind. Where several measured mixes have the same part,
  /// the nearest number of arrays is taken. Then over the logarithm of the working set. Outside the measured sizes, and
  /// outside the measured parts, the nearest is taken.
  ///
  /// - Parameters:
  ///   - mix: What is read and written.
  ///   - row: Bytes of a row where rows are walked side by side; nil for whole arrays.
  ///   - workingSet: The bytes touched between two uses of the same byte, all threads together.
  ///   - threads: Threads that share the work; measured, as ``threadCounts`` lists them.
  /// - Returns: Bytes loaded and stored a second; nil where nothing was measured with so many threads.
  public func memoryRate(_ mix: MemoryMix, row: Bytes? = nil, workingSet: Bytes, threads: Int) -> BytesPerSecond? {
    let kind = MixedBytes(readFraction: mix.readFraction, store: mix.store, arrays: mix.arrays)
    return secondsPerByte(kind, row: row, workingSet: workingSet, threads: threads).map { BytesPerSecond(1 / $0) }
  }

  /// The time to load and store bytes of given kinds.
  ///
  /// Where there are stores of several kinds, each takes its part of the loads with it, and the times add; stores in
  /// place take at least their own lines' loads.
  ///
  /// - Parameters:
  ///   - traffic: The bytes; finite and not negative.
  ///   - arrays: Arrays side by side, which decides between mixes that differ in nothing else.
  ///   - row: Bytes of a row where rows are walked side by side; nil for whole arrays.
  ///   - workingSet: The bytes touched between two uses of the same byte, all threads together.
  ///   - threads: Threads that share the work; measured, as ``threadCounts`` lists them.
  /// - Returns: The time; nil where nothing was measured with so many threads.
  public func memoryTime(
    _ traffic: MemoryTraffic, arrays: Int, row: Bytes? = nil, workingSet: Bytes, threads: Int
  ) -> Seconds? {
    let written = traffic.written.filter { $0.value > 0 }
    let total = written.values.reduce(0, +)
    let inPlace = written[.inPlace] ?? 0
    let free = max(0, traffic.read - inPlace)
    guard total > 0 else {
      let kind = MixedBytes(readFraction: 1, store: .ordinary, arrays: arrays)
      return secondsPerByte(kind, row: row, workingSet: workingSet, threads: threads)
        .map { Seconds(traffic.read * $0) }
    }
    var time = 0.0
    for (store, bytes) in written.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      let read = free * bytes / total + (store == .inPlace ? min(inPlace, traffic.read) : 0)
      let kind = MixedBytes(readFraction: read / (read + bytes), store: store, arrays: arrays)
      guard let perByte = secondsPerByte(kind, row: row, workingSet: workingSet, threads: threads) else { return nil }
      time += (read + bytes) * perByte
    }
    return Seconds(time)
  }

  /// What decides how long a byte takes, but for where it is.
  private struct MixedBytes {
    var readFraction: Double
    var store: StoreKind
    var arrays: Int
  }

  private func secondsPerByte(_ kind: MixedBytes, row: Bytes?, workingSet: Bytes, threads: Int) -> Double? {
    let points = memory.filter {
      $0.threads == threads && $0.multiplyAdds == 0 && ($0.mix.store == kind.store || $0.mix.writes == 0)
    }
    func curve(_ row: Bytes?) -> Double? {
      let own = points.filter { $0.row == row }
      let sizes = Set(own.map(\.workingSet)).sorted()
      let curve = sizes.compactMap { size -> (at: Double, value: Double)? in
        let here = own.filter { $0.workingSet == size }
        let value =
          row == nil
          ? interpolate(Self.byReadFraction(here, arrays: kind.arrays), at: kind.readFraction)
          : Self.byDistance(here, kind)
        return value.map { (logarithm(Double(size.count)), $0) }
      }
      return interpolate(curve, at: logarithm(Double(max(1, workingSet.count))))
    }
    return RowGeometry.value(row, measured: Set(points.compactMap(\.row))) { curve($0) }
  }

  /// Seconds a byte by part read, one point for each part.
  private static func byReadFraction(_ points: [MemoryRate], arrays: Int) -> [(at: Double, value: Double)] {
    var nearest: [Double: MemoryRate] = [:]
    for point in points {
      let part = point.mix.readFraction
      if let other = nearest[part], (other.mix.arrays - arrays).magnitude <= (point.mix.arrays - arrays).magnitude {
        continue
      }
      nearest[part] = point
    }
    return nearest.sorted { $0.key < $1.key }.map { ($0.key, 1 / $0.value.rate.value) }
  }

  /// Seconds a byte where the number of rows side by side counts as much as their mix: rows share the sets of a cache.
  ///
  /// The mean of the measured mixes, each weighted by the inverse fourth power of its distance: a tenth of the bytes read
  /// rather than written is as far as half as many arrays again.
  private static func byDistance(_ points: [MemoryRate], _ kind: MixedBytes) -> Double? {
    var (weights, sum) = (0.0, 0.0)
    for point in points {
      let part = (point.mix.readFraction - kind.readFraction) / 0.1
      let arrays = logarithm(Double(point.mix.arrays) / Double(max(1, kind.arrays))) / 0.58
      let squared = part * part + arrays * arrays
      if squared < 1e-12 { return 1 / point.rate.value }
      weights += 1 / (squared * squared)
      sum += 1 / (squared * squared) / point.rate.value
    }
    return weights > 0 ? sum / weights : nil
  }
}
