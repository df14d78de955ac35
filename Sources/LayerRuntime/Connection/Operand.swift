/// The memory of one operand of a call, by the name that an error gives it.
struct Operand {
  let name: String
  private let start: UInt
  private let bytes: Int

  init(_ name: String, _ streams: Streams) {
    self.name = name
    start = UInt(bitPattern: streams.base)
    bytes = streams.count * streams.format.bytes
  }

  init(_ name: String, _ values: Region<Float>) {
    self.name = name
    start = UInt(bitPattern: values.base)
    bytes = values.count * MemoryLayout<Float>.stride
  }

  /// Refuses operands that share memory.
  /// - Throws: ``RuntimeError/overlap(_:_:)``.
  func requireApart(from other: Operand) throws(RuntimeError) {
    guard bytes > 0, other.bytes > 0, start < other.start + UInt(other.bytes), other.start < start + UInt(bytes) else {
      return
    }
    throw .overlap(name, other.name)
  }

  /// The same of every two of three: no array of them, as calls allocate nothing.
  static func requireApart(_ one: Operand, _ other: Operand, _ third: Operand) throws(RuntimeError) {
    try one.requireApart(from: other)
    try one.requireApart(from: third)
    try other.requireApart(from: third)
  }
}

extension ConnectionLayer {
  /// Streams of the connection's shape and format.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``, ``RuntimeError/invalid(_:expected:found:)``.
  func operand(_ name: String, _ streams: Streams) throws(RuntimeError) -> Operand {
    let count = shape.tokens * shape.streamElements
    guard streams.count == count else { throw .length(name, expected: count, found: streams.count) }
    guard streams.format == kernels.format else {
      throw .invalid(name, expected: kernels.format.rawValue, found: streams.format.rawValue)
    }
    return Operand(name, streams)
  }

  /// A layer's input or output, or the gradient of one, [T, C].
  /// - Throws: ``RuntimeError/length(_:expected:found:)``.
  func operand(_ name: String, _ values: Region<Float>) throws(RuntimeError) -> Operand {
    let count = shape.tokens * shape.channels
    guard values.count == count else { throw .length(name, expected: count, found: values.count) }
    return Operand(name, values)
  }
}
