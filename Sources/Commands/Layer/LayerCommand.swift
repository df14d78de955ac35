import ArgumentParser
import CostModel

/// One residual connection, per token, the layer function excluded.
struct LayerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layer",
    abstract: "One connection's bytes and FLOPs per token: forward, backward and recompute, operation by operation.",
    discussion: """
      Example: mhc-plan layer --streams 4 --channels 4096 --connection mhc --fusion paper

      Elements are per token; parameters, read once a call, are counted apart. A connection that does not exist at the \
      fusion asked for is shown at its own most fused level.
      """)

  @Option(help: "Residual streams n, 1 to 64.") var streams: Int
  @Option(help: "Channels C of one stream, 1 to 16777216.") var channels: Int
  @Option(help: ArgumentHelp("A connection; may be repeated. Default: all of them.", valueName: "name"))
  var connection: [Connection] = []
  @Option(help: "How far mHC's operations are fused. Default: every level that exists.") var fusion: Fusion?
  @Option(help: "Sinkhorn-Knopp iterations, 1 to 1000.") var sinkhornIterations = 20
  @Option(help: "Storage of the streams: bf16 or fp32.") var streamFormat = NumberFormat.bfloat16
  @Option(help: "Coefficients in recompute: kept or recomputed.") var coefficients = CoefficientPolicy.kept
  @Flag(help: "Print one JSON document.") var json = false

  func validate() throws {
    try Check.range(streams, 1...64, "--streams")
    try Check.range(channels, 1...16_777_216, "--channels")
    try Check.range(sinkhornIterations, 1...1000, "--sinkhorn-iterations")
    guard streamFormat == .bfloat16 || streamFormat == .float32 else {
      throw ValidationError("--stream-format: expected bf16 or fp32, found \(streamFormat.rawValue)")
    }
    for name in connection where !name.allows(streams: streams) {
      throw ValidationError("--streams: \(name.rawValue) \(Self.requirement(of: name)), found \(streams)")
    }
  }

  func run() throws {
    let document = try LayerDocument(resolved())
    try Console.printResult(
      json ? document.jsonText() : LayerText(document: document, showsRows: !connection.isEmpty).text)
  }

  private func resolved() -> LayerRequest {
    let chosen = connection.isEmpty ? Connection.allCases.filter { $0.allows(streams: streams) } : connection
    var notes = Connection.allCases.filter { connection.isEmpty && !chosen.contains($0) }.map {
      "\($0.rawValue) is left out: it \(Self.requirement(of: $0)), not \(streams)"
    }
    let levels = chosen.reduce(into: [LayerRequest.Level]()) { levels, connection in
      let own = connection.fusions
      let wanted = fusion.map { own.contains($0) ? [$0] : Array(own.suffix(1)) } ?? own
      if let fusion, let nearest = wanted.first, nearest != fusion {
        notes.append("\(connection.rawValue) is not fused as \(fusion.rawValue): shown as \(nearest.rawValue)")
      }
      for level in wanted.map({ LayerRequest.Level(connection: connection, fusion: $0) }) where !levels.contains(level)
      {
        levels.append(level)
      }
    }
    return LayerRequest(
      streams: streams, channels: channels, sinkhornIterations: sinkhornIterations, streamFormat: streamFormat,
      coefficients: coefficients, levels: levels, notes: notes)
  }

  private static func requirement(of connection: Connection) -> String {
    switch connection {
    case .lite: "is counted for 1 to 16 streams"
    case .kronecker: "needs a power of two of at least 2 streams"
    case .residual, .hyper, .manifold, .identity: "needs at least 1 stream"
    }
  }
}
