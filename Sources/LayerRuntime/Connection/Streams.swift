/// A tensor of residual streams, [T, n, C], or of their gradients, in float32 or bfloat16.
public struct Streams: @unchecked Sendable {
  /// The first element.
  public let base: UnsafeMutableRawPointer
  /// How many elements.
  public let count: Int
  /// How they are stored.
  public let format: StreamFormat
  private let owned: (region: Region<UInt8>, arena: Arena)?

  /// Undefined streams of an arena.
  public init(_ arena: Arena, _ purpose: Purpose, _ shape: LayerShape, _ format: StreamFormat) throws(RuntimeError) {
    count = shape.tokens * shape.streamElements
    let region: Region<UInt8> = try arena.allocate(purpose, count * format.bytes)
    owned = (region, arena)
    base = UnsafeMutableRawPointer(region.base)
    self.format = format
  }

  /// Streams in memory of the caller's, who keeps it alive.
  /// - Throws: ``RuntimeError/misaligned(_:)`` if the address is not a multiple of an element's size, and
  ///   ``RuntimeError/invalid(_:expected:found:)`` if the length is not.
  public init(borrowing memory: UnsafeMutableRawBufferPointer, _ format: StreamFormat, name: String = "streams")
    throws(RuntimeError)
  {
    guard let address = memory.baseAddress ?? UnsafeMutableRawPointer(bitPattern: Arena.alignment) else {
      throw .length(name, expected: 1, found: 0)
    }
    guard UInt(bitPattern: address) % UInt(format.bytes) == 0 else { throw .misaligned(name) }
    guard memory.count % format.bytes == 0 else {
      throw .invalid(name, expected: "a multiple of \(format.bytes) bytes", found: "\(memory.count)")
    }
    base = address
    count = memory.count / format.bytes
    self.format = format
    owned = nil
  }

  /// Gives the memory back to its arena, if it has one.
  /// - Precondition: it was not given back before, through this value or a copy, and nobody uses a copy afterwards: all
  ///   copies share the memory.
  public func release() { owned.map { $0.arena.release($0.region) } }

  /// The values, widened.
  public var values: [Float] { (0..<count).map { self[$0] } }

  /// One value; setting rounds to nearest, ties to even.
  /// - Precondition: `index` is in 0..<count.
  public subscript(index: Int) -> Float {
    get {
      precondition((0..<count).contains(index), "no such element of the streams")
      return switch format {
      case .float32: base.assumingMemoryBound(to: Float.self)[index]
      case .bfloat16: Float(bitPattern: UInt32(base.assumingMemoryBound(to: UInt16.self)[index]) << 16)
      }
    }
    nonmutating set {
      precondition((0..<count).contains(index), "no such element of the streams")
      switch format {
      case .float32: base.assumingMemoryBound(to: Float.self)[index] = newValue
      case .bfloat16:
        let bits = newValue.bitPattern
        let rounded = newValue.isNaN ? 0x7FC0 : UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
        base.assumingMemoryBound(to: UInt16.self)[index] = rounded
      }
    }
  }

  /// Sets every value.
  /// - Throws: ``RuntimeError/length(_:expected:found:)``.
  public func set(_ values: [Float]) throws(RuntimeError) {
    guard values.count == count else { throw .length("streams", expected: count, found: values.count) }
    for (index, value) in values.enumerated() { self[index] = value }
  }

  /// Copies to float32.
  func widen(into floats: Region<Float>) {
    let count = min(count, floats.count)
    switch format {
    case .float32: floats.base.update(from: base.assumingMemoryBound(to: Float.self), count: count)
    case .bfloat16:
      let halves = base.assumingMemoryBound(to: UInt16.self)
      for index in 0..<count { floats.base[index] = Float(bitPattern: UInt32(halves[index]) << 16) }
    }
  }
}
