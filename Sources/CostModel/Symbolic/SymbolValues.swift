/// The sizes that a formula is evaluated at.
public struct SymbolValues: Hashable, Sendable {
  private var values: [Int]
  private static let unset = Int.min

  /// No symbol has a value yet.
  public init() {
    values = Array(repeating: Self.unset, count: Symbol.allCases.count)
  }

  /// Values for a connection of `streams` residual streams of `channels` channels.
  ///
  /// - Parameters:
  ///   - streams: n, at least 1.
  ///   - channels: C, at least 1.
  ///   - sinkhornIterations: t.
  public init(streams: Int, channels: Int, sinkhornIterations: Int = 20) {
    self.init()
    self[.streams] = streams
    self[.channels] = channels
    self[.sinkhornIterations] = sinkhornIterations
    if streams <= 20 { self[.streamsFactorial] = (1...max(streams, 1)).reduce(1, *) }
    if streams > 0, streams.nonzeroBitCount == 1 { self[.streamsLog2] = streams.trailingZeroBitCount }
  }

  /// The value of a symbol; nil while it has none.
  public subscript(symbol: Symbol) -> Int? {
    get {
      let value = values[Int(symbol.rawValue)]
      return value == Self.unset ? nil : value
    }
    set { values[Int(symbol.rawValue)] = newValue ?? Self.unset }
  }

  /// The value of a symbol that has one; anything else is a programming error.
  func value(of symbol: Symbol) -> Int {
    let value = values[Int(symbol.rawValue)]
    precondition(value != Self.unset, "no value for a symbol of the formula")
    return value
  }
}
