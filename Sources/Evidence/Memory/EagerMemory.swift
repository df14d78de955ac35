import CostModel
import Quantities

/// What a framework's autograd keeps for one connection beyond what it keeps for a plain residual, from the ledger.
///
/// - Source: HC (arXiv:2409.19606) Table 9 measures it; the ledger's eager mode says which tensors it is.
enum EagerMemory {
  /// Bytes a token of one residual layer, nothing recomputed.
  ///
  /// - Parameters:
  ///   - connection: `hc` or `mhc`.
  ///   - isStatic: whether the coefficients are learned numbers, alike for all tokens: then only the tensors that
  ///     have channels are kept.
  ///   - streams: n.
  ///   - channels: C.
  /// - Returns: bytes.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  static func addedBytesPerToken(
    _ connection: Connection, isStatic: Bool = false, streams: Int, channels: Int
  ) throws(OverflowError) -> Int {
    let values = SymbolValues(streams: streams, channels: channels)
    let residual = try saved(ConnectionLedger.of(.residual, fusion: .unfused), values) { _ in true }
    let kept = try saved(ConnectionLedger.of(connection, fusion: .eager), values) {
      !isStatic || $0.elements.symbols.contains(.channels)
    }
    return kept - residual
  }

  private static func saved(
    _ ledger: ConnectionLedger?, _ values: SymbolValues, where isKept: (TensorAccess) -> Bool
  ) throws(OverflowError) -> Int {
    var total = Bytes.zero
    for tensor in (ledger?.saved ?? []).map(\.tensor) where isKept(tensor) {
      let elements = Elements(try tensor.elements.evaluate(at: values))
      try total += Precision().format(of: tensor.tensorClass).bytes(elements)
    }
    return total.count
  }
}
