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
