/// The operations of one pass over one layer, in the order in which they run.
public struct PassLedger: Hashable, Sendable {
  /// The rows.
  public var operations: [Operation]

  /// A pass of these rows.
  public init(_ operations: [Operation]) { self.operations = operations }

  /// Elements read for a token: the sum of the rows.
  public var readPerToken: Formula { operations.reduce(.zero) { $0 + $1.readPerToken } }
  /// Elements written for a token: the sum of the rows.
  public var writtenPerToken: Formula { operations.reduce(.zero) { $0 + $1.writtenPerToken } }
  /// Arithmetic for a token: the sum of the rows.
  public var arithmetic: Arithmetic { operations.reduce(.none) { $0 + $1.arithmetic } }
}
