import LayerRuntime

/// A small run of the reference whose scalar counts and whose tensors note what is touched.
struct CountedRun {
  let connection: ReferenceConnection<CountingScalar>

  init(_ kind: ConnectionKind, _ shape: LayerShape) throws(RuntimeError) {
    let sizes = ConnectionSizes(kind, shape)
    let x = (0..<shape.tokens * shape.streamElements).map { Double(($0 * 7919) % 101) / 50 - 1 }
    let phi = (0..<(sizes?.weights ?? 0)).map { Double(($0 * 104_729) % 97) / 97 - 0.5 }
    connection = try ReferenceConnection<CountingScalar>(
      kind, shape, .paper, x: x, phi: phi, alpha: sizes == nil ? [] : [0.5, 0.6, 0.7],
      bias: [Double](repeating: 0.1, count: sizes?.coefficients ?? 0), gradNext: x.reversed())
    // Once before, so that every tensor is there when its trace begins.
    connection.run(
      connection.rowsBeforeLayer + connection.rowsAfterLayer + connection.backwardRowsBeforeLayer
        + connection.backwardRowsAfterLayer)
  }

  /// Parameters are touched once a call and not once a token; logits are made for test vectors alone.
  private static let uncounted: Set = [
    "phi", "alpha", "b", "grad phi", "grad alpha", "grad b", "logits", "grad logits",
  ]

  /// What one row does, for all tokens.
  func count(_ row: ReferenceConnection<CountingScalar>.Row) -> [CountRow.Quantity: Int] {
    connection.allTensors.forEach { $0.startTracing() }
    let tally = ArithmeticTally.counting { connection.run(row) }
    let tensors = connection.allTensors.filter { !Self.uncounted.contains($0.name) }
    return [
      .flops: tally.flops, .additions: tally.additions, .multiplications: tally.multiplications,
      .divisions: tally.divisions, .squareRoots: tally.squareRoots, .exponentials: tally.exponentials,
      .tangents: tally.tangents, .loadedElements: tensors.reduce(0) { $0 + $1.loadedElements },
      .storedElements: tensors.reduce(0) { $0 + $1.storedElements },
    ]
  }
}
