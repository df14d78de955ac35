extension TensorFile {
  /// The longest header taken, 16 MiB: a name and a shape need about a hundred bytes, so this is 10⁵ tensors.
  public static let maximumHeaderBytes = 1 << 24

  /// Reads the bytes of a safetensors file.
  ///
  /// Everything the header states is checked before it is believed: its own length, every offset, that the tensors
  /// cover the data exactly and without overlap, and that shape and length of each agree.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - file: its name, for errors.
  /// - Throws: ``SafetensorsError`` for anything that is not a well-formed file of F64, F32 or BF16 tensors.
  /// - Source: the safetensors format, huggingface/safetensors README, "Format".
  public init(reading bytes: [UInt8], file: String) throws(SafetensorsError) {
    func failure(_ place: String, _ problem: String) -> SafetensorsError {
      SafetensorsError(file: file, place: place, problem: problem)
    }
    guard bytes.count >= 8 else { throw failure("header", "expected at least 8 bytes, found \(bytes.count)") }
    let stated = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    let limit = min(bytes.count - 8, Self.maximumHeaderBytes)
    guard stated >= 2, stated <= UInt64(limit) else {
      throw failure("header", "expected a length of 2 to \(limit) bytes, found \(stated)")
    }
    let start = 8 + Int(stated)
    let header: HeaderValue
    do { header = try HeaderValue(parsing: bytes[8..<start]) } catch { throw failure("header", error.problem) }
    guard let members = header.members else { throw failure("header", "expected an object") }

    self.init()
    var entries: [String: Entry] = [:]
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      if name == "__metadata__" {
        metadata = try Self.metadata(value) { failure(name, $0) }
        continue
      }
      entries[name] = try Self.entry(value, dataBytes: bytes.count - start) { failure(name, $0) }
    }
    var end = 0
    let inOrder = entries.map { (range: $0.value.range, name: $0.key) }.sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    for span in inOrder {
      guard span.range.lowerBound == end else {
        throw failure(
          span.name,
          "expected data_offsets to begin at \(end), where the data before it ends, found \(span.range.lowerBound)")
      }
      end = span.range.upperBound
    }
    guard end == bytes.count - start else {
      throw failure("data", "expected \(end) bytes, as the tensors have, found \(bytes.count - start)")
    }
    // Only now: tensors that overlap would take many times the memory of their file.
    for (name, entry) in entries {
      let data = bytes[start + entry.range.lowerBound..<start + entry.range.upperBound]
      tensors[name] = StoredTensor(shape: entry.shape, values: decode(data, as: entry.format), format: entry.format)
    }
  }

  private static func metadata(
    _ value: HeaderValue, _ failure: (String) -> SafetensorsError
  ) throws(SafetensorsError) -> [String: String] {
    guard let members = value.members else { throw failure("expected an object of texts") }
    var texts: [String: String] = [:]
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      guard case .string(let text) = value else { throw failure("\(key): expected a text") }
      texts[key] = text
    }
    return texts
  }

  private struct Entry {
    var format: StoredTensor.Format
    var shape: [Int]
    var range: Range<Int>
  }

  private static func entry(
    _ value: HeaderValue, dataBytes: Int, _ failure: (String) -> SafetensorsError
  ) throws(SafetensorsError) -> Entry {
    guard let members = value.members else { throw failure("expected an object with dtype, shape and data_offsets") }
    if let unknown = members.keys.filter({ !["dtype", "shape", "data_offsets"].contains($0) }).sorted().first {
      throw failure("expected dtype, shape and data_offsets, found \"\(unknown)\"")
    }
    guard case .string(let name)? = members["dtype"], let format = StoredTensor.Format(rawValue: name) else {
      let known = StoredTensor.Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw failure("dtype: expected one of \(known), found \(members["dtype"]?.text ?? "none")")
    }
    guard let sizes = members["shape"]?.elements, sizes.count <= 8 else {
      throw failure("shape: expected a list of at most 8 sizes")
    }
    var shape: [Int] = []
    var length = format.bytes
    for size in sizes {
      guard let size = size.count else {
        throw failure("shape: expected whole numbers, found \(size.text ?? "a list")")
      }
      let (product, overflow) = length.multipliedReportingOverflow(by: size)
      guard !overflow else {
        throw failure("shape: expected a tensor that a file can hold, found one of 2^63 bytes or more")
      }
      shape.append(size)
      length = product
    }
    guard let offsets = members["data_offsets"]?.elements, offsets.count == 2, let first = offsets[0].count,
      let last = offsets[1].count, first <= last, last <= dataBytes
    else { throw failure("data_offsets: expected two offsets in order, at most \(dataBytes)") }
    guard last - first == length else {
      throw failure("data_offsets: expected \(length) bytes, as the shape has, found \(last - first)")
    }
    return Entry(format: format, shape: shape, range: first..<last)
  }
}

private func decode(_ bytes: ArraySlice<UInt8>, as format: StoredTensor.Format) -> [Double] {
  bytes.withUnsafeBytes { bytes in
    let count = bytes.count / format.bytes
    func load<Value: FixedWidthInteger>(_ index: Int, _ type: Value.Type) -> Value {
      Value(littleEndian: bytes.loadUnaligned(fromByteOffset: index * format.bytes, as: type))
    }
    switch format {
    case .float64: return (0..<count).map { Double(bitPattern: load($0, UInt64.self)) }
    case .float32: return (0..<count).map { Double(Float(bitPattern: load($0, UInt32.self))) }
    case .bfloat16: return (0..<count).map { Double(Float(bitPattern: UInt32(load($0, UInt16.self)) << 16)) }
    }
  }
}
