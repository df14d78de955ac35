extension RecomputeProblem {
  /// A stage of equal layers in channels, multiples of C elements a token: the sizes of Table 3.
  ///
  /// - Parameters:
  ///   - layers: L, residual layers, two a Transformer layer; at least 1.
  ///   - streams: n, at least 1.
  ///   - saved: F, what one layer function keeps for its backward pass, its output included.
  ///   - inFlight: M, at least 1.
  /// - Throws: ``RecomputeProblemError`` for a size out of range; `OverflowError` when a size does not fit in 64 bits.
  /// - Source: mHC (arXiv:2512.24880) Table (3), §4.3.2.
  public init(layers: Int, streams: Int, saved: Int, inFlight: Int = 1) throws {
    try RecomputeProblemError.check("streams", streams, atLeast: 1)
    let channel = SymbolValues(streams: streams, channels: 1)
    try self.init(
      layers: layers, resident: saved, transient: Table3.transient.evaluate(at: channel),
      streamSize: Table3.streams.evaluate(at: channel), inFlight: inFlight)
  }
}
