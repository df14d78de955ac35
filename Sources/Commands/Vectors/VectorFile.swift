import FoundationEssentials
import LayerRuntime
import Messages
import Tensors

/// A file of test vectors: its tensors, and the convention they were made with.
struct VectorFile {
  var path: String
  var contents: TensorFile
  var vectors: ConnectionVectors

  /// The longest file taken, 1 GiB.
  static let maximumBytes = 1 << 30

  /// Reads a file, and its convention from a manifest's entry or its own metadata.
  init(path: String, manifest: String?) throws {
    self.path = path
    let bytes = try Self.bytes(path)
    do { contents = try TensorFile(reading: bytes, file: path) } catch {
      throw CommandFailure(error.description, status: .data)
    }
    let settings: Settings
    if let manifest {
      settings = try Settings(manifest: try Self.bytes(manifest), manifest, for: path)
    } else {
      settings = Settings(place: "\(path): __metadata__", texts: contents.metadata)
    }
    vectors = try settings.vectors(contents.tensors, path)
  }

  static func bytes(_ path: String) throws -> [UInt8] {
    let url = URL(filePath: path)
    let size: Int
    do {
      let stated = try FileManager.default.attributesOfItem(atPath: path)[.size] as? any BinaryInteger
      size = stated.map { Int(clamping: $0) } ?? 0
      guard size <= maximumBytes else {
        throw CommandFailure("\(path): expected at most \(maximumBytes) bytes, found \(size)", status: .data)
      }
      return Array(try Data(contentsOf: url))
    } catch let error as CommandFailure {
      throw error
    } catch {
      throw CommandFailure("\(path): cannot be read", status: .failure)
    }
  }
}

/// The sizes and the convention of a file, as texts by key.
struct Settings {
  /// File and place, for errors.
  var place: String
  var texts: [String: String]

  /// Settings by key.
  init(place: String, texts: [String: String]) {
    self.place = place
    self.texts = texts
  }

  /// The manifest's entry whose `file` is the file's name.
  init(manifest bytes: [UInt8], _ manifest: String, for path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let document: HeaderValue
    do { document = try HeaderValue(parsing: bytes) } catch {
      throw CommandFailure("\(manifest): \(error.problem)", status: .data)
    }
    let entries = (document.members ?? [:]).filter { $0.value.members?["file"]?.text == name }
    guard let (key, entry) = entries.first, entries.count == 1 else {
      let found = entries.isEmpty ? "none" : entries.keys.sorted().joined(separator: ", ")
      throw CommandFailure(
        "\(manifest): expected one entry whose \"file\" is \"\(name)\", found \(found)", status: .data)
    }
    self.init(place: "\(manifest): \(key)", texts: (entry.members ?? [:]).compactMapValues(\.text))
  }

  /// The keys of what the runtime calls by its name.
  private static let keys = ["tokens": "T", "streams": "n", "channels": "C", "iterations": "iters"]

  /// Every key that is read.
  private static let known: Set = [
    "T", "n", "C", "layers", "orient", "sink", "iters", "sink_eps", "rms", "rms_eps", "pre_eps", "post_mult",
  ]

  private func fail(_ key: String, _ expected: String) -> CommandFailure {
    let unknown = texts.keys.filter { !Self.known.contains($0) }
    let near = nearestName(to: key, among: unknown).map { "; is \"\(shortened($0))\" meant to be it?" } ?? ""
    let found = texts[key].map { "\"\(shortened($0))\"" } ?? "no such key" + near
    return CommandFailure("\(place): \(key): expected \(expected), found \(found)", status: .data)
  }

  private func count(_ key: String) throws -> Int {
    guard let value = texts[key].flatMap({ Int($0) }), value >= 0 else { throw fail(key, "a whole number") }
    return value
  }

  private func number(_ key: String) throws -> Double {
    guard let value = texts[key].flatMap({ Double($0) }), value.isFinite else { throw fail(key, "a number") }
    return value
  }

  private func name<Name: RawRepresentable & CaseIterable>(_ key: String, _ type: Name.Type) throws -> Name
  where Name.RawValue == String {
    guard let name = texts[key].flatMap({ Name(rawValue: $0) }) else {
      throw fail(key, "one of " + Name.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return name
  }

  /// The inputs, every one of the shape that the settings say.
  func vectors(_ tensors: [String: StoredTensor], _ path: String) throws -> ConnectionVectors {
    do {
      let shape = try LayerShape(tokens: try count("T"), streams: try count("n"), channels: try count("C"))
      let convention = try Convention(
        orientation: try name("orient", Orientation.self), sinkhorn: try name("sink", SinkhornForm.self),
        iterations: try count("iters"), sinkhornEpsilon: try number("sink_eps"),
        rootMeanSquare: try name("rms", RootMeanSquareForm.self), rootMeanSquareEpsilon: try number("rms_eps"),
        preEpsilon: try number("pre_eps"), postMultiplier: try number("post_mult"))
      let layers = texts["layers"] == nil ? nil : try count("layers")
      guard (layers ?? 1) <= 1000 else { throw fail("layers", "at most 1000") }
      let (n, C) = (shape.streams, shape.channels)
      func values(_ name: String, _ expected: [Int]) throws -> [Double] {
        guard let tensor = tensors[name] else {
          throw CommandFailure("\(path): \(name): expected a tensor of shape \(expected), found none", status: .data)
        }
        guard tensor.shape == expected else {
          throw CommandFailure("\(path): \(name): expected the shape \(expected), found \(tensor.shape)", status: .data)
        }
        return tensor.values
      }
      let w = n * n + 2 * n
      let prefixes: [String] = if let layers { (0..<layers).map { "in.\($0)." } } else { ["in."] }
      let parts = try prefixes.map { (prefix: String) throws -> ConnectionVectors.Layer in
        ConnectionVectors.Layer(
          phi: try values("\(prefix)fn", [w, n * C]), alpha: try values("\(prefix)alpha", [3]),
          bias: try values("\(prefix)bias", [w]), weight: try values("\(prefix)W", [C, C]))
      }
      let streams = [shape.tokens, n, C]
      return try ConnectionVectors(
        shape: shape, convention: convention, layers: parts, x: try values("in.X", streams),
        gradOut: try values("in.g_out", streams), isNumbered: layers != nil)
    } catch .invalid(let what, let expected, _) as RuntimeError where Self.keys[what] != nil {
      throw fail(Self.keys[what] ?? what, expected)
    } catch let error as RuntimeError {
      throw CommandFailure("\(place): \(error)", status: .data)
    }
  }
}
