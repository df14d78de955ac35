public import Quantities

/// A ledger at its sizes, and how often the model has it.
public struct ModelPart: Hashable, Sendable {
  /// The name as printed: `embedding`, `MLA`, `output head`.
  public var name: String
  /// How often the part occurs.
  public var count: Int
  /// The rows of one occurrence.
  public var ledger: LayerFunctionLedger
  /// A value for every symbol of the rows.
  public var values: SymbolValues

  /// A part that occurs `count` times.
  public init(_ name: String, count: Int = 1, ledger: LayerFunctionLedger, values: SymbolValues) {
    self.name = name
    self.count = count
    self.ledger = ledger
    self.values = values
  }

  /// Learned scalars of all occurrences.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  public func parameters() throws(OverflowError) -> Elements {
    try count * ledger.parameters.sum { row throws(OverflowError) in Elements(try row.count.evaluate(at: values)) }
  }

  /// Learned scalars of all occurrences that one token uses.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  public func activeParameters() throws(OverflowError) -> Elements {
    try count
      * ledger.parameters.sum { row throws(OverflowError) in Elements(try row.activeCount.evaluate(at: values)) }
  }

  /// Forward FLOPs of all occurrences for one sequence.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  public func forwardFLOPsPerSequence() throws(OverflowError) -> FLOPs {
    try count
      * ledger.forward.sum { row throws(OverflowError) in FLOPs(try row.flopsPerSequence.evaluate(at: values)) }
  }
}

extension Array {
  /// The sum of an exact quantity of every element.
  func sum<Quantity: ExactQuantity>(
    _ quantity: (Element) throws(OverflowError) -> Quantity
  ) throws(OverflowError) -> Quantity {
    var total = Quantity.zero
    for element in self { try total += try quantity(element) }
    return total
  }
}
