import CostModel
import LayerRuntime
import Quantities

/// The ledger's rows for the runtime's operations of one connection, at one size, for one token.
///
/// Rows that move streams are the same for HC and mHC, so fused ones are taken from mHC's ledger. HC's generator is one
/// row of Table 2; what of it is left at C = 0 is the coefficients, the rest the projection. The one-pass backward cuts
/// the rows differently: what each of its three kernels does is split from the rows here, and the parts add up to them.
struct ConnectionRows {
  /// One operation.
  struct Row {
    /// Tensors with elements a token; parameters are left out.
    var reads: [(tensor: String, tensorClass: TensorClass, elements: Double)] = []
    var writes: [(tensor: String, tensorClass: TensorClass, elements: Double)] = []
    var arithmetic = EvaluatedArithmetic()
    /// Whether lines are divided by their sums over and over, each division waiting for those before.
    var isChain = false
  }

  let kind: ConnectionKind
  private let table2, fused: ConnectionLedger
  private let values, withoutChannels: SymbolValues
  private let n, C: Double

  init(_ kind: ConnectionKind, _ shape: LayerShape, _ convention: Convention) {
    self.kind = kind
    table2 = ConnectionLedger.of(kind, .unfused)
    fused = kind == .residual ? table2 : ConnectionLedger.of(.manifold, .fused)
    values = SymbolValues(shape, convention)
    var values = values
    values[.channels] = 0
    withoutChannels = values
    (n, C) = (Double(shape.streams), Double(shape.channels))
  }

  private func row(_ ledger: ConnectionLedger, _ name: String) throws -> Row {
    guard let found = (ledger.forward.operations + ledger.backward.operations).first(where: { $0.name == name }) else {
      preconditionFailure("no row \(name)")
    }
    func evaluated(_ accesses: [TensorAccess]) throws -> [(String, TensorClass, Double)] {
      try accesses.filter { $0.tensorClass != .parameter }.map {
        ($0.tensor, $0.tensorClass, Double(try $0.elements.evaluate(at: values)))
      }
    }
    return Row(
      reads: try evaluated(found.reads), writes: try evaluated(found.writes),
      arithmetic: try EvaluatedArithmetic(found.arithmetic, at: values))
  }

  /// The rows of one operation; several where the runtime runs them as one.
  func rows(_ operation: ConnectionOperation) throws -> [Row] {
    switch operation {
    case .project: [try generator(forward: true, growing: true)]
    case .coefficients: [try generator(forward: true, growing: false)]
    case .coefficientsBackward: [try generator(forward: false, growing: false)]
    case .projectBackward:
      [try generator(forward: false, growing: true)]
    case .allCoefficients:
      try [.project, .coefficients].flatMap { try rows($0) } + (kind == .manifold ? rows(.sinkhorn) : [])
    case .allCoefficientsBackward:
      try (kind == .manifold ? rows(.sinkhornBackward) : []) + rows(.coefficientsBackward) + [
        generator(forward: false, growing: true, accumulates: false)
      ]
    case .sinkhorn: [oneDivisionALine(try row(fused, "sinkhorn"))]
    case .sinkhornBackward: [oneDivisionALine(try row(fused, "sinkhorn backward"))]
    case .preMix, .merge, .mergeBackward: [try row(fused, operation.ledgerName)]
    case .preMixBackwardInPlace: [try row(fused, operation.ledgerName)]
    case .post, .resMix, .mergeSum, .resMixBackward, .postBackward, .preMixBackward, .accumulatePre,
      .accumulateCoefficients:
      [try row(table2, operation.ledgerName)]
    case .mergeGradients: [try without("grad x", try row(fused, "merge backward"), multiplyAdds: n * n * C)]
    case .preMixGradients: [try without("grad x", try row(fused, "pre-mix backward"), multiplyAdds: n * C)]
    case .streamBackward: [try streamBackward()]
    }
  }

  /// The kernels take one division of 1 for a line and multiply by it, where the ledger divides every number.
  private func oneDivisionALine(_ row: Row) -> Row {
    var row = row
    let divisions = row.arithmetic.divisions / n
    row.arithmetic.multiplications += row.arithmetic.divisions
    row.arithmetic.divisions = divisions
    row.isChain = true
    return row
  }

  private func without(_ tensor: String, _ row: Row, multiplyAdds: Double) throws -> Row {
    var row = row
    row.reads.removeAll { $0.tensor == tensor || (tensor == "grad x" && $0.tensor == "H_res") }
    row.writes.removeAll { $0.tensor == tensor }
    row.arithmetic = row.arithmetic - .multiplyAdds(multiplyAdds)
    return row
  }

  /// What ``mergeGradients`` and ``preMixGradients`` leave out, with the projection backwards.
  private func streamBackward() throws -> Row {
    var row = try generator(forward: false, growing: true)
    row.reads.removeAll { $0.tensor == "grad x" }
    row.reads += [("grad x'", .stream, n * C), ("grad u", .activation, C), ("H", .coefficient, n * n + n)]
    row.arithmetic = row.arithmetic + .multiplyAdds(n * n * C + n * C)
    return row
  }

  /// Projection or coefficients, forward or backward.
  private func generator(forward: Bool, growing: Bool, accumulates: Bool = true) throws -> Row {
    let both = try row(table2, forward ? "coefficients" : "coefficients backward")
    let width = n * n + 2 * n
    let projection = width + (kind == .hyper ? n : 1)
    if kind == .manifold {
      let name =
        forward ? (growing ? "project" : "coefficients") : growing ? "project backward" : "coefficients backward"
      var found = try row(fused, name)
      if !accumulates { found.reads.removeAll { $0.tensor == "grad x" } }
      return found
    }
    let rest = try EvaluatedArithmetic(
      forward
        ? operation(table2, "coefficients").arithmetic : operation(table2, "coefficients backward").arithmetic,
      at: withoutChannels)
    var result = Row(arithmetic: growing ? both.arithmetic - rest : rest)
    switch (forward, growing) {
    case (true, true):
      (result.reads, result.writes) = ([("x", .stream, n * C)], [("projection", .coefficient, projection)])
    case (true, false):
      (result.reads, result.writes) = ([("projection", .coefficient, projection)], [("H", .coefficient, width)])
    case (false, true):
      result.reads = [("x", .stream, n * C), ("grad projection", .coefficient, projection)]
      if accumulates { result.reads.append(("grad x", .stream, n * C)) }
      result.writes = [("grad x", .stream, n * C)]
    case (false, false):
      // The ledger keeps what the tangents were; the kernels keep the projections, and make them again.
      result.arithmetic.tangents += n * (n + 2)
      result.reads = [("grad H", .coefficient, width), ("projection", .coefficient, projection)]
      result.writes = [("grad projection", .coefficient, projection)]
    }
    return result
  }

  private func operation(_ ledger: ConnectionLedger, _ name: String) -> CostModel.Operation {
    guard let found = (ledger.forward.operations + ledger.backward.operations).first(where: { $0.name == name }) else {
      preconditionFailure("no row \(name)")
    }
    return found
  }
}
