import CostModel
import LayerRuntime
import Measurement

/// What a probe is asked to do for an operation: rows, a tall product, or columns.
extension ConnectionWork {
  /// What is walked for a token: rows as the ledger has them, or a projection's products.
  func movement(
    _ operation: ConnectionOperation, _ ledger: [ConnectionRows.Row], tiled: Bool
  ) -> Movement? {
    if let pass = Self.pass(operation) {
      guard let sizes = ConnectionSizes(kind, shape) else { return nil }
      let slice = blocking.sliceChannels(segments: sizes.inputs / shape.channels, outputs: sizes.outputs)
      var product = SkinnyProduct(
        pass, rows: sizes.rows, inputs: sizes.inputs, outputs: sizes.outputs, streams: shape.streams,
        channels: shape.channels, slice: slice, isBFloat16: format == .bfloat16)
      product.isStreaming = goesPastCaches(operation)
      return .product(product)
    }
    guard ledger.count == 1,
      var traffic = RowTraffic(ledger[0], shape, format, isStreaming: goesPastCaches(operation))
    else { return nil }
    traffic.fetchesAhead = !tiled && fetchesAhead(operation)
    traffic.fetchesInOrder = traffic.fetchesAhead && fetchesInOrder(operation)
    return .rows(traffic)
  }

  /// What the coefficient kernels do for a token: projections and 1/r in, coefficients out, and backwards their gradients, with
  /// a sigmoid or hyperbolic tangent of each that has one, and sums over all tokens for b and, in HC, for α.
  func columns(_ operation: ConnectionOperation, _ ledger: [ConnectionRows.Row]) -> ColumnWork? {
    guard let sizes = ConnectionSizes(kind, shape), let row = ledger.first else { return nil }
    if operation == .sinkhorn || operation == .sinkhornBackward {
      return matrix(restored: operation == .sinkhornBackward, projections: sizes.outputs)
    }
    let (n, projections) = (shape.streams, sizes.rows * sizes.outputs)
    let isManifold = kind == .manifold
    let coefficients = [n, n, n * n]
    var work: ColumnWork
    switch operation {
    case .coefficients: work = ColumnWork(reads: [projections, sizes.rows], writes: coefficients)
    case .coefficientsBackward:
      work = ColumnWork(reads: [projections, sizes.rows] + coefficients, writes: [projections, sizes.rows])
      work.sums = isManifold ? sizes.coefficients + 3 : 2 * projections
    default: return nil
    }
    // A number's additions and products follow each other with other things between: few are one instruction.
    let arithmetic = row.arithmetic
    work.exponentials = Int(arithmetic.exponentials + arithmetic.tangents)
    work.multiplyAdds = Int(arithmetic.additions + arithmetic.multiplications + 8 * arithmetic.tangents)
    return work
  }

  /// What Sinkhorn does for a token: a matrix of logits in, the mixing matrix out.
  ///
  /// Backwards it is projections and the matrix's gradient in, and the gradient of the logits out. Nil for the form on
  /// logarithms, which takes exponentials throughout.
  private func matrix(restored: Bool, projections: Int) -> ColumnWork? {
    guard convention.sinkhorn != .logarithmic else { return nil }
    let numbers = shape.streams * shape.streams
    var work = ColumnWork(reads: restored ? [projections, numbers] : [numbers], writes: [numbers])
    (work.side, work.divided, work.isRestored) = (shape.streams, 2 * convention.iterations, restored)
    work.isRaised = convention.sinkhorn == .softmaxEpsilon
    return work
  }

  /// The memory of what is walked, in the order in which a movement takes it.
  func tensors(_ operation: ConnectionOperation, _ ledger: [ConnectionRows.Row], _ names: [String: String])
    -> [String]
  {
    func name(_ tensor: String, _ tensorClass: TensorClass) -> String { buffer(tensor, tensorClass, operation, names) }
    switch operation {
    case .project: return [name("x", .stream)]
    case .projectBackward: return [name("x", .stream), name("grad x", .stream)]
    case .streamBackward:
      return [name("x", .stream), name("grad x", .stream), name("grad x'", .stream), name("grad u", .activation)]
    default: break
    }
    let written = Set(ledger.flatMap(\.writes).map(\.tensor))
    func all(_ tensorClass: TensorClass) -> [String] {
      let reads = ledger.flatMap(\.reads).filter { $0.tensorClass == tensorClass && !written.contains($0.tensor) }
      return (reads + ledger.flatMap(\.writes).filter { $0.tensorClass == tensorClass }).map {
        name($0.tensor, $0.tensorClass)
      }
    }
    return all(.stream) + all(.activation)
  }

  private static func pass(_ operation: ConnectionOperation) -> SkinnyProduct.Pass? {
    switch operation {
    case .project: .forward
    case .projectBackward: .backward(accumulates: true)
    case .streamBackward: .mixed
    default: nil
    }
  }

  /// Where streams beyond the near caches are read and written, the kernels ask for rows two tokens ahead.
  private func fetchesAhead(_ operation: ConnectionOperation) -> Bool {
    guard shape.channels * format.bytes < KernelBlocking.followedBytes else { return false }
    let times = streamBytes / Double(threads) / KernelBlocking.farBytes
    return switch operation {
    case .merge, .resMix: kind != .residual && times > 1 && !mergesStrips
    case .mergeBackward, .resMixBackward:
      kind != .residual && times > 1 && !(mergesStrips && shape.streams == 4)
    case .preMix: format == .bfloat16 && times > (blocking.multipliesTiles ? 1 : 3)
    case .preMixBackward, .preMixBackwardInPlace, .preMixGradients:
      format == .bfloat16 && blocking.fetchesInOrder && times > 1
    default: false
    }
  }

  /// Whether a merge goes through some channels of one stream after the other, and of four streams its gradients, too.
  private var mergesStrips: Bool {
    blocking.mergesStrips && format == .float32 && shape.streams <= 8 && shape.channels % 16 == 0
  }

  /// Whether that is done in the order in which they lie.
  private func fetchesInOrder(_ operation: ConnectionOperation) -> Bool {
    guard format == .bfloat16, blocking.fetchesInOrder else { return false }
    return switch operation {
    case .merge, .resMix: false
    case .preMix: blocking.multipliesTiles
    default: true
    }
  }
}
