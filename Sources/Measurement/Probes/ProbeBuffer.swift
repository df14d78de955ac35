public import LayerRuntime
public import Quantities

/// The memory that probes share, one after the other.
///
/// It comes from the arena that layers take theirs from, so that its pages are of the same kind.
public final class ProbeBuffer {
  /// Its bytes.
  public let size: Bytes
  let base: UnsafeMutablePointer<Float>
  private let arena: Arena
  private let region: Region<Float>

  /// Floats between the arrays of a probe beyond their length, so that no two begin in the same set of a cache.
  static let padding = 80

  /// Memory of so many bytes, written once.
  /// - Throws: `RuntimeError` where there is no room.
  public init(_ size: Bytes) throws(RuntimeError) {
    let floats = max(1 << 16, size.count / 4)
    arena = try Arena(capacityBytes: floats * 4)
    region = try arena.allocate(.scratch, floats)
    region.elements.initialize(repeating: 1)
    base = region.base
    self.size = Bytes(floats * 4)
  }

  deinit { arena.release(region) }

  /// Sets the first floats to 1.
  func reset(floats: Int) { base.update(repeating: 1, count: min(floats, size.count / 4)) }

  /// Fills the first bytes with numbers of ordinary size and either sign, that are such read as bfloat16 as well.
  ///
  /// Zeros would not do: on some machines a line of zeros is stored in half the time of any other.
  public func scatter(_ size: Bytes) {
    let period = 4096
    let count = min(size, self.size).count / 4
    var state: UInt32 = 12345
    for index in 0..<min(period, count) {
      state = state &* 1_664_525 &+ 1_013_904_223
      // Sign and seven bits of a number from 1/2 to 2, twice.
      let half = (state >> 16 & 0x8000) | 0x3F00 | (state >> 9 & 0x7F) | (state >> 20 & 1) << 7
      base[index] = Float(bitPattern: half << 16 | half)
    }
    var filled = min(period, count)
    while filled < count {
      let more = min(filled, count - filled)
      (base + filled).update(from: base, count: more)
      filled += more
    }
  }

  /// Sets the floats at these places to one number.
  func fill(_ range: Range<Int>, with value: Float) {
    (base + range.lowerBound).update(repeating: value, count: range.count)
  }

  /// What lies at these places.
  func values(_ range: Range<Int>) -> [Float] { range.map { base[$0] } }
}

/// An address that several threads use, each its own part of what is there.
struct SharedFloats: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
}
