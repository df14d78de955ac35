import Quantities

/// How the time of a byte depends on the rows that are walked side by side.
///
/// Two things decide. At the begin of every row the prefetcher of the hardware starts anew, which takes a time of its own: so
/// the time of a byte is linear in the inverse of the row. And rows that lie a multiple of 4 KiB apart share the sets of
/// the nearest cache, whose ways are as large on most processors: so such rows are compared with such rows alone.
enum RowGeometry {
  /// What the ways of the nearest cache, and pages, hold.
  private static let way = 4096

  /// The value for a row from those of measured rows.
  ///
  /// - Parameters:
  ///   - row: Bytes; nil for whole arrays.
  ///   - measured: The rows that were measured.
  ///   - value: The value of a measured row, or, for nil, of whole arrays.
  /// - Returns: the value; that of whole arrays where no row was measured, nil where nothing was.
  static func value(_ row: Bytes?, measured: Set<Bytes>, _ value: (Bytes?) -> Double?) -> Double? {
    guard let row, row.count > 0 else { return value(nil) }
    if measured.contains(row) { return value(row) }
    let sharesSets = row.count % way == 0
    let rows = measured.filter { ($0.count % way == 0) == sharesSets }
    var points = rows.compactMap { other in value(other).map { (at: 1 / Double(other.count), value: $0) } }
    if let whole = value(nil) { points.append((0, whole)) }
    points.sort { $0.at < $1.at }
    let place = 1 / Double(row.count)
    guard let last = points.last, place > last.at, points.count > 1 else { return interpolate(points, at: place) }
    // Shorter rows than any: each begins as they do.
    let before = points[points.count - 2]
    return last.value + max(0, last.value - before.value) * (place - last.at) / (last.at - before.at)
  }
}
