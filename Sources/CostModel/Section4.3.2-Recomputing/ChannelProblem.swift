import Quantities

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

extension RecomputeWork {
  /// What mHC's kernels move to recompute a stage of equal layers, in channels: multiples of C elements a token.
  ///
  /// Reads and writes of the ledger's recompute rows and of the layer function's pre-norm, the lightweight
  /// coefficients left out as in Table 3.
  ///
  /// - Parameters:
  ///   - layers: L, at least 0.
  ///   - streams: n, at least 1.
  ///   - fusion: how mHC is cut into kernels.
  /// - Throws: ``RecomputeProblemError`` for a size out of range; `OverflowError` when the traffic does not fit in 64
  ///   bits.
  /// - Source: mHC (arXiv:2512.24880) §4.3.1, §4.3.2; the coefficients are kept, as in the released kernels.
  public init(layers: Int, streams: Int, fusion: Fusion = .paper) throws {
    try RecomputeProblemError.check("streams", streams, atLeast: 1)
    let ledger = ConnectionLedger.of(.manifold, fusion: fusion)
    let norm = ledger?.coversPreNorm == true ? [] : [PreNorm.forward]
    let rows = ledger?.recompute
    try self.init(
      layers: layers, perBlock: Self.channels(rows?.perBlock.operations ?? [], streams),
      perLayer: Self.channels((rows?.perLayer.operations ?? []) + norm, streams),
      perInnerLayer: Self.channels(rows?.perInnerLayer.operations ?? [], streams))
  }

  /// What one more channel adds to the traffic: what does not depend on C cancels.
  private static func channels(_ operations: [Operation], _ streams: Int) throws(OverflowError) -> Int {
    let pass = PassLedger(operations)
    let moved = pass.readPerToken + pass.writtenPerToken
    let none = try moved.evaluate(at: SymbolValues(streams: streams, channels: 0))
    return try moved.evaluate(at: SymbolValues(streams: streams, channels: 1)) - none
  }
}
