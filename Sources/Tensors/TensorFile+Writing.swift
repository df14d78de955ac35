extension TensorFile {
  /// The bytes of the file: tensors in the order of their names, the header padded to a multiple of 8 bytes.
  ///
  /// The same contents give the same bytes.
  public var bytes: [UInt8] {
    var entries: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var data: [UInt8] = []
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let start = data.count
      for value in tensor.values { append(value, as: tensor.format, to: &data) }
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(quoted(name)):{\"dtype\":\"\(tensor.format.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(start),\(data.count)]}"
      )
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
  }
}

private func append(_ value: Double, as format: StoredTensor.Format, to bytes: inout [UInt8]) {
  let pattern: UInt64
  switch format {
  case .float64: pattern = value.bitPattern
  case .float32: pattern = UInt64(Float(value).bitPattern)
  case .bfloat16: pattern = UInt64(bfloat16(Float(value)))
  }
  for index in 0..<format.bytes { bytes.append(UInt8(truncatingIfNeeded: pattern >> (8 * UInt64(index)))) }
}

/// The nearest bfloat16, ties to even; NaN stays NaN.
private func bfloat16(_ value: Float) -> UInt16 {
  guard !value.isNaN else { return 0x7FC0 }
  let bits = value.bitPattern
  return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}

private func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"", "\\": result += "\\\(scalar)"
    case _ where scalar.value < 0x20:
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}
