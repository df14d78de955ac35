import Quantities

/// The two formats of measured times, told apart by their headers.
///
/// Kernels, of one connection on a B200, in microseconds:
/// `batch,sequence,hidden,streams,operation,triton_microseconds,tilelang_microseconds`.
/// Modules, on any system, in milliseconds:
/// `system,framework,version,operation,streams,hidden,tokens,milliseconds`; `pre` and `post` are of two connections,
/// the operations of the kernel format of one.
public enum MeasurementFile {
  /// The kernels' columns.
  static let kernelColumns = [
    "batch", "sequence", "hidden", "streams", "operation", "triton_microseconds", "tilelang_microseconds",
  ]
  /// The modules' columns.
  static let moduleColumns = [
    "system", "framework", "version", "operation", "streams", "hidden", "tokens", "milliseconds",
  ]

  private static let sizes = 1...(1 << 24)
  private static let streams = 1...64
  private static let microseconds = 1e-3...1e9

  /// The rows of a file in either format.
  ///
  /// - Parameters:
  ///   - bytes: the file.
  ///   - file: how messages name it.
  ///   - kernelSystem: the device of a kernel file, which does not name one.
  /// - Returns: the rows, at least one.
  /// - Throws: an ``EvidenceError`` with line and column for anything but a table of positive times.
  public static func read(
    _ bytes: [UInt8], file: String, kernelSystem: String = "b200"
  ) throws(EvidenceError) -> [Measurement] {
    let table = try CSVTable(bytes, file: file)
    let isModules = table.header.contains("framework") || table.header.contains("milliseconds")
    let rows = isModules ? try modules(table) : try kernels(table, kernelSystem)
    guard !rows.isEmpty else { throw EvidenceError(file: file, problem: "expected rows after the header, found none") }
    return rows
  }

  private static func kernels(_ table: CSVTable, _ system: String) throws(EvidenceError) -> [Measurement] {
    let columns = try CSVColumns(table, names: kernelColumns)
    var rows: [Measurement] = []
    for record in table.records {
      let batch = try columns.int("batch", record, in: sizes)
      let sequence = try columns.int("sequence", record, in: sizes)
      let channels = try columns.int("hidden", record, in: sizes)
      let streams = try columns.int("streams", record, in: streams)
      let operation = try columns.name("operation", record, among: TimedOperation.kernels)
      for source in ["triton", "tilelang"] {
        let time = try columns.double("\(source)_microseconds", record, in: microseconds)
        rows.append(
          Measurement(
            source: source, version: "", system: system, operation: operation, streams: streams, channels: channels,
            tokens: batch * sequence, batch: batch, time: Seconds(time / 1e6), line: record.line))
      }
    }
    return rows
  }

  private static func modules(_ table: CSVTable) throws(EvidenceError) -> [Measurement] {
    let columns = try CSVColumns(table, names: moduleColumns)
    var rows: [Measurement] = []
    for record in table.records {
      rows.append(
        Measurement(
          source: try columns.text("framework", record), version: try columns.text("version", record),
          system: try columns.text("system", record),
          operation: try columns.name("operation", record, among: TimedOperation.allCases),
          streams: try columns.int("streams", record, in: streams),
          channels: try columns.int("hidden", record, in: sizes),
          tokens: try columns.int("tokens", record, in: sizes),
          time: Seconds(try columns.double("milliseconds", record, in: 1e-6...1e6) / 1e3), line: record.line))
    }
    return rows
  }
}
