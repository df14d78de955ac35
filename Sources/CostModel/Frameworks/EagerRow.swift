/// One tensor operation of a framework, forward and backward, with what autograd keeps for it.
struct EagerRow {
  /// The forward operation.
  var forward: Operation
  /// Inputs or outputs that the gradient needs, kept until the backward pass.
  var kept: [TensorAccess]
  /// Arithmetic of the gradient.
  var backwardArithmetic: Arithmetic

  /// A row.
  /// - Parameters:
  ///   - name: the operation's name.
  ///   - reads: its inputs; parameters among them are read once a call.
  ///   - writes: its output.
  ///   - arithmetic: forward.
  ///   - kept: what its gradient needs.
  ///   - backwardArithmetic: of the gradient; the forward's when left out.
  ///   - launches: kernels of the forward operation, and of its gradient.
  ///   - unit: what does the arithmetic.
  init(
    _ name: String, _ reads: [TensorAccess], _ writes: TensorAccess, _ arithmetic: Arithmetic,
    kept: [TensorAccess] = [], backwardArithmetic: Arithmetic? = nil, launches: Formula = 1,
    unit: ComputeUnit = .vector
  ) {
    forward = Operation(
      name, reads: reads, writes: [writes], arithmetic: arithmetic, unit: unit, launches: launches,
      source: "one tensor operation of mHC (arXiv:2512.24880) Eq. (5), (7) to (9)")
    self.kept = kept
    self.backwardArithmetic = backwardArithmetic ?? arithmetic
  }

  /// The gradient: reads the output's gradient and what was kept, writes the gradient of every input.
  var backward: Operation {
    func gradient(_ access: TensorAccess) -> TensorAccess {
      .init("grad \(access.tensor)", access.tensorClass, access.elements)
    }
    return Operation(
      "\(forward.name) backward",
      reads: forward.writes.map(gradient) + kept,
      writes: forward.reads.map(gradient),
      arithmetic: backwardArithmetic, unit: forward.unit, launches: forward.launches,
      source: "derived: autograd of \(forward.name)")
  }
}
