import CostModel
import LayerRuntime
import Quantities

/// A count of the ledger against the same count of a run.
public struct CountRow: Hashable, Sendable {
  /// The connection and its streams: `mhc/n4`.
  public var name: String
  /// The ledger's row.
  public var operation: String
  /// What is counted.
  public var quantity: Quantity
  /// By the ledger's formula.
  public var predicted: Int
  /// By the scalar that counts, or the tensors that note what is touched.
  public var counted: Int

  /// What a run is counted for.
  public enum Quantity: String, CaseIterable, Hashable, Sendable {
    case flops
    case additions
    case multiplications
    case divisions
    case squareRoots = "square roots"
    case exponentials
    case tangents
    case loadedElements = "loaded elements"
    case storedElements = "stored elements"
  }
}

extension CountRow {
  /// Every row of one connection's unfused ledger, forward and backward, counted on a small run of the reference.
  ///
  /// - Parameters:
  ///   - kind: the connection.
  ///   - streams: n.
  /// - Returns: nine counts a row.
  /// - Throws: ``RuntimeError`` for a shape that the runtime does not take.
  static func rows(_ kind: ConnectionKind, streams: Int) throws -> [CountRow] {
    let (tokens, channels) = (2, 5)
    let shape = try LayerShape(tokens: tokens, streams: streams, channels: channels)
    let ledger = ConnectionLedger.of(kind, .unfused)
    let values = SymbolValues(shape, .paper)
    let run = try CountedRun(kind, shape)
    let passes: [(pass: PassLedger, rows: [ReferenceConnection<CountingScalar>.Row])] = [
      (ledger.forward, run.connection.rowsBeforeLayer + run.connection.rowsAfterLayer),
      (ledger.backward, run.connection.backwardRowsBeforeLayer + run.connection.backwardRowsAfterLayer),
    ]
    var result: [CountRow] = []
    for (pass, rows) in passes {
      for row in rows {
        guard let operation = pass.operations.first(where: { $0.name == row.rawValue }) else {
          preconditionFailure("the reference runs the ledger's rows")
        }
        let counted = run.count(row)
        for (quantity, formula) in operation.countedFormulas(saved: ledger.saved) {
          result.append(
            CountRow(
              name: "\(kind.rawValue)/n\(streams)", operation: operation.name, quantity: quantity,
              predicted: tokens * (try formula.evaluate(at: values)), counted: counted[quantity] ?? 0))
        }
      }
    }
    return result
  }
}

extension Operation {
  /// What the ledger says of one token.
  ///
  /// Table 2 leaves out that a pass which is trained keeps the projections; the ledger has them among the saved tensors,
  /// and the row that makes them stores them.
  fileprivate func countedFormulas(saved: [SavedTensor]) -> [(CountRow.Quantity, Formula)] {
    let kept = saved.filter { name == "coefficients" && $0.tensor.tensor == "projection" }
    return [
      (.flops, arithmetic.flops), (.additions, arithmetic.additions), (.multiplications, arithmetic.multiplications),
      (.divisions, arithmetic.divisions), (.squareRoots, arithmetic.squareRoots),
      (.exponentials, arithmetic.exponentials), (.tangents, arithmetic.tangents), (.loadedElements, readPerToken),
      (.storedElements, kept.reduce(writtenPerToken) { $0 + $1.tensor.elements }),
    ]
  }
}
