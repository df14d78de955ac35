/// A tensor of the reference: its values, row by row, and which of them were touched since ``startTracing()``.
///
/// An element counts as loaded or stored once an operation, however often the plain loops come back to it: that is
/// what a kernel that keeps a token on chip moves, and what the ledger states.
public final class ReferenceTensor<Scalar: LayerScalar> {
  /// The name, as the ledger has it.
  public let name: String
  /// How many values.
  public let count: Int
  private var values: [Scalar]
  private var loaded: [Bool] = []
  private var stored: [Bool] = []
  private var isTracing = false

  /// A tensor of these values.
  public init(_ name: String, _ values: [Scalar]) {
    self.name = name
    self.values = values
    count = values.count
  }

  /// A tensor of zeros.
  public convenience init(_ name: String, count: Int) {
    self.init(name, [Scalar](repeating: Scalar(0), count: count))
  }

  /// One value.
  public subscript(index: Int) -> Scalar {
    get {
      // What an operation stored itself is at hand and is not loaded.
      if isTracing, !stored[index] { loaded[index] = true }
      return values[index]
    }
    set {
      if isTracing { stored[index] = true }
      values[index] = newValue
    }
  }

  /// The values in double precision.
  public var doubles: [Double] { values.map(\.double) }

  /// Forgets what was touched and starts to take note.
  public func startTracing() {
    isTracing = true
    loaded = [Bool](repeating: false, count: count)
    stored = loaded
  }

  /// Elements read that the operation had not stored itself.
  public var loadedElements: Int { loaded.count { $0 } }
  /// Elements written.
  public var storedElements: Int { stored.count { $0 } }
}
