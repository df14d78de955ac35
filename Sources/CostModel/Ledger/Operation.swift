/// Elements of one tensor that an operation reads or writes, for one token.
public struct TensorAccess: Hashable, Sendable {
  /// The tensor as the ledger names it: `x`, `H_res`, `grad x`.
  public var tensor: String
  /// What the tensor is, which decides its format.
  public var tensorClass: TensorClass
  /// Elements a token; for ``TensorClass/parameter``, elements a call.
  public var elements: Formula

  /// An access of `elements` elements of `tensor`.
  public init(_ tensor: String, _ tensorClass: TensorClass, _ elements: Formula) {
    self.tensor = tensor
    self.tensorClass = tensorClass
    self.elements = elements
  }
}

/// One row of the ledger: a kernel, or one tensor operation where nothing is fused.
///
/// The list of operations that is costed is the list that the real layer executes and times, paired by name.
public struct Operation: Hashable, Sendable {
  /// The stable name: `coefficients`, `pre-mix`, `merge backward`.
  public var name: String
  /// What is read.
  public var reads: [TensorAccess]
  /// What is written.
  public var writes: [TensorAccess]
  /// Arithmetic a token.
  public var arithmetic: Arithmetic
  /// Which part of the processor does the arithmetic.
  public var unit: ComputeUnit
  /// Kernel launches, or calls, that one execution takes.
  public var launches: Formula
  /// Where the row comes from.
  public var source: String

  /// One row of a ledger.
  public init(
    _ name: String, reads: [TensorAccess], writes: [TensorAccess], arithmetic: Arithmetic,
    unit: ComputeUnit = .vector, launches: Formula = 1, source: String
  ) {
    self.name = name
    self.reads = reads
    self.writes = writes
    self.arithmetic = arithmetic
    self.unit = unit
    self.launches = launches
    self.source = source
  }

  /// Elements read for a token; parameters, read once a call, are not in it.
  public var readPerToken: Formula { Self.sum(reads) { $0 != .parameter } }
  /// Elements written for a token; parameter gradients, written once a call, are not in it.
  public var writtenPerToken: Formula { Self.sum(writes) { $0 != .parameter } }
  /// Parameter elements read once a call.
  public var parametersReadPerCall: Formula { Self.sum(reads) { $0 == .parameter } }
  /// Parameter-gradient elements written once a call.
  public var parametersWrittenPerCall: Formula { Self.sum(writes) { $0 == .parameter } }

  private static func sum(_ accesses: [TensorAccess], where isCounted: (TensorClass) -> Bool) -> Formula {
    accesses.filter { isCounted($0.tensorClass) }.reduce(.zero) { $0 + $1.elements }
  }
}
