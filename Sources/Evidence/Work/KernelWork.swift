import CostModel
import Quantities

/// What one call of a timed operation moves: the ledger's rows, in bytes.
struct KernelWork: Hashable, Sendable {
  /// Bytes of rows whose arithmetic is a matrix product: the projection.
  var matrixBytes: Double
  /// Bytes of the other rows.
  var otherBytes: Double
  /// T.
  var tokens: Double
  /// nC; zero for Sinkhorn, which touches no stream.
  var streamElements: Double

  /// The bytes of an operation.
  ///
  /// - Parameter measurement: what was timed; its time is not looked at.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  init(_ measurement: Measurement) throws(OverflowError) {
    let values = SymbolValues(streams: measurement.streams, channels: measurement.channels)
    var (matrix, other) = (0, 0)
    for row in LedgerRows.of(measurement.operation, source: measurement.source) {
      let bytes = try Self.bytes(row, values, tokens: measurement.tokens)
      if row.unit == .matrix { matrix = try sum(matrix, bytes) } else { other = try sum(other, bytes) }
    }
    matrixBytes = Double(matrix)
    otherBytes = Double(other)
    tokens = Double(measurement.tokens)
    streamElements = measurement.operation.isSinkhorn ? 0 : Double(measurement.streams * measurement.channels)
  }

  /// Bytes of both kinds.
  var bytes: Double { matrixBytes + otherBytes }

  private static func bytes(_ row: Operation, _ values: SymbolValues, tokens: Int) throws(OverflowError) -> Int {
    let precision = Precision()
    var total = 0
    for access in row.reads + row.writes {
      let elements = Elements(try access.elements.evaluate(at: values))
      let once = try precision.format(of: access.tensorClass).bytes(elements).count
      // Parameters move once a call.
      let moved = access.tensorClass == .parameter ? once : try product("bytes of \(row.name)", once, tokens)
      total = try sum(total, moved)
    }
    return total
  }
}

private func sum(_ left: Int, _ right: Int) throws(OverflowError) -> Int {
  let (total, overflow) = left.addingReportingOverflow(right)
  if overflow { throw OverflowError("\(left) + \(right)") }
  return total
}
