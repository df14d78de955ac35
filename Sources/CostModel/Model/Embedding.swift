/// From token to residual streams.
enum Embedding {
  /// A table of V rows, of which a token reads one and copies it to every stream.
  ///
  /// The table is cut by rows over tensor-parallel devices. Nothing is kept but the tokens.
  ///
  /// - Parameter isTied: whether the output head is the same table, which then counts a token's use of it.
  /// - Returns: the rows.
  /// - Source: mHC (arXiv:2512.24880) §4.2: the embedding repeated n times, as in Hyper-Connections (arXiv:2409.19606).
  static func ledger(isTied: Bool) -> LayerFunctionLedger {
    let (n, C) = (Notation.n, Notation.C)
    return LayerFunctionLedger(
      parameters: [
        ParameterRow(
          "embedding", count: Notation.V * C, activeCount: isTied ? 0 : C, sharding: .tensor, isMatrix: false,
          source: source)
      ],
      forward: [
        .vector("embedding", flops: 0, traffic: C + n * C, in: .stream, sharding: .sequence, source: source)
      ])
  }

  private static let source = "Hyper-Connections (arXiv:2409.19606) §2.1"
}
