import CostModel
import Quantities

/// Published memory beside what the ledger's eager mode keeps.
public struct MemoryRow: Hashable, Sendable {
  /// The model or the measurement.
  public var name: String
  /// What is claimed of it: `hc-memory`, `eager-saved`, or nothing.
  public var claim: String?
  /// What the connection adds, predicted.
  public var addedBytes: Int
  /// What it was measured to add.
  public var measuredAddedBytes: Int
  /// What both hold without it, as measured; zero where only the addition is known.
  public var baseBytes: Int
  /// What is left out, where the row misses.
  public var note: String?

  /// Of everything held, prediction over measurement, less one.
  public var errorFraction: Double {
    Double(baseBytes + addedBytes) / Double(baseBytes + measuredAddedBytes) - 1
  }
  /// Of the addition alone.
  public var addedErrorFraction: Double { Double(addedBytes) / Double(measuredAddedBytes) - 1 }
}

/// The published memory that the ledger's eager mode is held against.
public enum MemoryEvidence {
  /// The most that a row of HC's OLMo-1B may be off, of all memory.
  public static let hyperTolerance = 0.005
  /// The most that the saved tensors of an eager mHC block may be off.
  public static let eagerTolerance = 0.01

  /// Every row of the built-in tables.
  ///
  /// - Source: HC (arXiv:2409.19606) Table 9; an eager mHC block of PyTorch under a fake-tensor memory tracker,
  ///   measured for this project, the residual block's own tensors taken off.
  public static func rows() throws -> [MemoryRow] { try hyper() + eager() }

  private static func hyper() throws -> [MemoryRow] {
    let table = try CSVTable(PackageResources.hc_memory_csv, file: "built-in hc-memory.csv")
    let names = [
      "model", "transformerLayers", "channels", "tokens", "connection", "streams", "baseGigabytes", "gigabytes",
    ]
    let columns = try CSVColumns(table, names: names)
    var rows: [MemoryRow] = []
    for record in table.records {
      let model = try columns.text("model", record)
      let connection = try columns.text("connection", record)
      let streams = try columns.int("streams", record, in: 1...64)
      let base = try columns.double("baseGigabytes", record, in: 1...1e6)
      let total = try columns.double("gigabytes", record, in: 1...1e6)
      let layers = try columns.int("transformerLayers", record, in: 1...10000)
      let tokens = try columns.int("tokens", record, in: 1...1 << 24)
      let perToken = try EagerMemory.addedBytesPerToken(
        .hyper, isStatic: connection == "static-hc", streams: streams,
        channels: try columns.int("channels", record, in: 1...1 << 20))
      rows.append(
        MemoryRow(
          name: "\(model), \(connection), n = \(streams)", claim: model == "olmo-1b" ? "hc-memory" : nil,
          // A Transformer layer has two connections.
          addedBytes: try product("added bytes", 2 * layers, tokens, perToken),
          measuredAddedBytes: Int((total * 1e9).rounded()) - Int((base * 1e9).rounded()),
          baseBytes: Int((base * 1e9).rounded()), note: notes[model]))
    }
    return rows
  }

  /// What is known of the rows that miss.
  private static let notes = [
    "olmo-7b":
      "2048 tokens a GPU: what does not grow with tokens weighs more. Left out: gradients and optimizer state of the "
      + "connections, fp32 copies, and what the allocator holds; the paper does not say how the model was sharded",
    "olmoe-1b-7b":
      "4096 tokens a GPU. Left out as for olmo-7b, and the copies that routing makes of the streams' layer inputs",
  ]

  private static func eager() throws -> [MemoryRow] {
    let table = try CSVTable(PackageResources.eager_saved_csv, file: "built-in eager-saved.csv")
    let columns = try CSVColumns(table, names: ["streams", "channels", "streamChannels", "sinkhornChannels"])
    var rows: [MemoryRow] = []
    for record in table.records {
      let streams = try columns.int("streams", record, in: 1...64)
      let channels = try columns.int("channels", record, in: 1...1 << 20)
      let measured =
        try columns.double("streamChannels", record, in: 0...1000)
        + columns.double("sinkhornChannels", record, in: 0...1000)
      rows.append(
        MemoryRow(
          name: "eager mhc, n = \(streams), C = \(channels), a token", claim: "eager-saved",
          addedBytes: try EagerMemory.addedBytesPerToken(.manifold, streams: streams, channels: channels),
          measuredAddedBytes: Int((measured * 2 * Double(channels)).rounded()), baseBytes: 0, note: nil))
    }
    return rows
  }
}
