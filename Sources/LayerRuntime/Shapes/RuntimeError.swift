/// Why a layer cannot be built or run, in one line.
public enum RuntimeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A value outside its range: what, what was expected, what was found.
  case invalid(String, expected: String, found: String)
  /// A buffer of the wrong length, or null where elements are needed.
  case length(String, expected: Int, found: Int)
  /// Two buffers that share memory where the operation needs them apart.
  case overlap(String, String)
  /// A buffer whose address is not a multiple of its element's size.
  case misaligned(String)
  /// More memory than the arena may hold: the purpose, bytes asked for, bytes left.
  case outOfMemory(String, requestedBytes: Int, availableBytes: Int)
  /// OpenBLAS could not be loaded.
  case openBLASMissing(String)

  /// One line.
  public var description: String {
    switch self {
    case .invalid(let what, let expected, let found): "\(what): expected \(expected), found \(found)"
    case .length(let what, let expected, let found): "\(what): expected \(expected) elements, found \(found)"
    case .overlap(let one, let other): "\(one) and \(other) share memory; the operation needs them apart"
    case .misaligned(let what): "\(what): its address is not a multiple of the size of an element"
    case .outOfMemory(let purpose, let requested, let available):
      "\(purpose): \(requested) bytes asked for, \(available) bytes left in the arena"
    case .openBLASMissing(let detail):
      "OpenBLAS is needed for matrix products and could not be loaded (\(detail)); "
        + "install it, on Debian and Ubuntu with: apt-get install libopenblas-dev"
    }
  }
}
