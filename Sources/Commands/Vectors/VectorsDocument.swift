import LayerRuntime
import Messages
import Profiles
import Tensors

/// The errors of one check.
struct VectorsDocument: ResultDocument {
  static let command = "vectors-check"
  static let version = 1

  struct Request: Encodable {
    var file: String
    var manifest: String?
    var implementation: String
    var variant: String
    var tolerance: Double
    var tokens: Int
    var streams: Int
    var channels: Int
    var layers: Int
    var orientation: String
    var sinkhorn: String
    var sinkhornIterations: Int
  }

  struct Row: Encodable {
    var tensor: String
    var shape: [Int]
    /// Null, as the error, where a value or a difference is not a finite number.
    var largestMagnitude: Double?
    var errorFraction: Double?
    var passes: Bool

    enum CodingKeys: CodingKey { case tensor, shape, largestMagnitude, errorFraction, passes }

    /// Null is written, where a made one would leave the key out.
    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(tensor, forKey: .tensor)
      try container.encode(shape, forKey: .shape)
      try container.encode(largestMagnitude, forKey: .largestMagnitude)
      try container.encode(errorFraction, forKey: .errorFraction)
      try container.encode(passes, forKey: .passes)
    }
  }

  var request: Request
  var tensors: [Row]
  var assumptions = ["The layer function is F(u) = tanh(u W), computed in double precision."]
  var excluded: [String]

  /// Compares every result of the file with the run's.
  init(
    input: VectorFile, manifest: String?, implementation: Implementation, tolerance: Double,
    results: [String: ConnectionVectors.Result]
  ) throws {
    let vectors = input.vectors
    request = Request(
      file: input.path, manifest: manifest, implementation: implementation.rawValue,
      variant: implementation == .reference ? "none" : KernelVariant.best.name, tolerance: tolerance,
      tokens: vectors.shape.tokens, streams: vectors.shape.streams, channels: vectors.shape.channels,
      layers: vectors.layers.count, orientation: vectors.convention.orientation.rawValue,
      sinkhorn: vectors.convention.sinkhorn.rawValue, sinkhornIterations: vectors.convention.iterations)
    let stored = input.contents.tensors.filter { !$0.key.hasPrefix("in.") }
    let (unknown, missing) = (Set(stored.keys).subtracting(results.keys), Set(results.keys).subtracting(stored.keys))
    for name in unknown.sorted() {
      // A tensor that nothing checks, beside one that the file lacks, is a misspelt one.
      if let meant = nearestName(to: name, among: missing) {
        throw CommandFailure(
          "\(input.path): \(name): expected a tensor of the layer, such as \(meant), which the file lacks",
          status: .data)
      }
    }
    excluded =
      ["Tensors whose name begins with in. are inputs and are not compared."]
      + unknown.sorted().map { "\($0): not a tensor of the layer" }
      + missing.sorted().map { "\($0): not in the file" }
    tensors = []
    for (name, tensor) in stored.sorted(by: { $0.key < $1.key }) {
      guard let found = results[name] else { continue }
      guard found.shape == tensor.shape else {
        throw CommandFailure(
          "\(input.path): \(name): expected the shape \(found.shape), found \(tensor.shape)", status: .data)
      }
      let magnitude = tensor.values.reduce(0) { max($0, abs($1)) }
      let differences = zip(found.values, tensor.values).map { abs($0 - $1) }
      let isNumber = differences.allSatisfy(\.isFinite)
      let largest = differences.max() ?? 0
      let error = isNumber ? (magnitude == 0 ? largest : largest / magnitude) : nil
      tensors.append(
        Row(
          tensor: name, shape: tensor.shape, largestMagnitude: isNumber ? magnitude : nil, errorFraction: error,
          passes: error.map { $0 <= tolerance } ?? false))
    }
    guard !tensors.isEmpty else {
      throw CommandFailure("\(input.path): expected tensors to compare, such as out.X_next, found none", status: .data)
    }
  }

  var text: String {
    var table = TextTable(header: ["tensor", "shape", "largest", "error", ""], leftAligned: [0, 1, 4])
    for row in tensors {
      let shape = row.shape.map(String.init).joined(separator: "×")
      table.append([
        row.tensor, shape, row.largestMagnitude.map(scientific) ?? "-",
        row.errorFraction.map(scientific) ?? "not a number",
        row.passes ? "ok" : "ABOVE \(scientific(request.tolerance))",
      ])
    }
    let worst = tensors.compactMap(\.errorFraction).max()
    let failed = tensors.count { !$0.passes }
    let verdict = failed == 0 ? "all within \(scientific(request.tolerance))" : "\(failed) of \(tensors.count) outside"
    let others = excluded.dropFirst().map { "\nnot compared: \($0)" }.joined()
    return table.text + others
      + "\n\n\(request.implementation) (\(request.variant)): worst \(worst.map(scientific) ?? "none"), \(verdict)"
  }

  /// Two digits and a power of ten: `1.2e-07`.
  private func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "\(value)" }
    var (exponent, mantissa) = (0, abs(value))
    while mantissa >= 9.95 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    while mantissa < 0.995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
    let tenths = Int((mantissa * 10).rounded())
    let digits = abs(exponent) < 10 ? "0\(abs(exponent))" : "\(abs(exponent))"
    return "\(tenths / 10).\(tenths % 10)e\(exponent < 0 ? "-" : "+")\(digits)"
  }
}
