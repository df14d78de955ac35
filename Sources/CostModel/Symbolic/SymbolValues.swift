/// The sizes that a formula is evaluated at.
public struct SymbolValues: Sendable {
  // Inline, as a plan makes one for every stage of every layout.
  private var values: InlineArray<128, Int>
  private static let unset = Int.min

  /// No symbol has a value yet.
  public init() {
    values = InlineArray(repeating: Self.unset)
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
}

extension SymbolValues: Hashable {
  /// Equal where every symbol has the same value, or has none.
  public static func == (left: SymbolValues, right: SymbolValues) -> Bool {
    Symbol.allCases.allSatisfy { left[$0] == right[$0] }
  }

  /// Feeds every value into the hasher.
  public func hash(into hasher: inout Hasher) {
    for symbol in Symbol.allCases { hasher.combine(self[symbol]) }
  }
}
