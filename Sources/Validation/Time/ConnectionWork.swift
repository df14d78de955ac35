import CostModel
import LayerRuntime
import Measurement
import Quantities

/// The operations of one connection as work: the ledger's rows, the tables that the kernels come back to, and the names
/// of the memory that tensors are in.
struct ConnectionWork {
  let kind: ConnectionKind
  let shape: LayerShape
  let convention: Convention
  let format: StreamFormat
  let threads: Int
  let streaming: Bool
  let blocking: KernelBlocking
  private let rows: ConnectionRows

  init(
    _ kind: ConnectionKind, _ shape: LayerShape, _ convention: Convention, _ format: StreamFormat, threads: Int,
    streaming: Bool, variant: KernelVariant
  ) {
    (self.kind, self.shape, self.convention, self.format) = (kind, shape, convention, format)
    (self.threads, self.streaming, blocking) = (threads, streaming, KernelBlocking(variant))
    rows = ConnectionRows(kind, shape, convention)
  }

  private var T: Double { Double(shape.tokens) }
  private var C: Double { Double(shape.channels) }
  var streamBytes: Double { T * Double(shape.streamElements * format.bytes) }

  /// Operations over all tokens, one after the other or tile by tile.
  ///
  /// - Parameters:
  ///   - operations: in order.
  ///   - tiled: whether all run on one tile of tokens, then on the next.
  ///   - names: the memory of a tensor, where it is not the tensor's own.
  ///   - local: the memory that has room for one tile of each thread only.
  /// - Returns: a work an operation.
  /// - Throws: `OverflowError` for sizes that do not fit in 64 bits.
  func works(
    _ operations: [ConnectionOperation], tiled: Bool, names: [String: String] = [:], local: Set<String> = []
  ) throws -> [Work] {
    let works = try operations.flatMap { try parts($0, tiled: tiled, names: names) }
    guard tiled else { return works }
    return Work.tiled(works, tiles: max(1, T / Double(KernelBlocking.tileTokens * threads)), local: local)
  }

  /// Table 2's coefficients are several kernels of one parallel call, each over all of a thread's tokens.
  private func parts(_ operation: ConnectionOperation, tiled: Bool, names: [String: String]) throws -> [Work] {
    let parts: [ConnectionOperation]
    switch operation {
    case .allCoefficients: parts = [.project, .coefficients] + (kind == .manifold ? [.sinkhorn] : [])
    case .allCoefficientsBackward:
      parts = (kind == .manifold ? [.sinkhornBackward] : []) + [.coefficientsBackward, .projectBackward]
    default: return [try work(operation, tiled: tiled, names: names)]
    }
    var works = try parts.map { try work($0, tiled: tiled, names: names) }
    for index in works.indices.dropFirst() { works[index].starts = false }
    if operation == .allCoefficientsBackward {
      // What is not added to is not read.
      let last = works.count - 1
      let name = names["grad x, coef"] ?? "grad x, coef"
      works[last].touches = works[last].touches.compactMap { touch in
        var touch = touch
        guard touch.buffer == names["grad x"] ?? "grad x" else { return touch }
        if touch.store == nil { return nil }
        (touch.buffer, touch.store) = (name, .ordinary)
        return touch
      }
      if case .product(var product) = works[last].movement {
        product.pass = .backward(accumulates: false)
        works[last].action = .movement(.product(product))
        works[last].operands[1] = Pass.Operand(name)
      }
    }
    return works
  }

  private func work(_ operation: ConnectionOperation, tiled: Bool, names: [String: String]) throws -> Work {
    var work = Work(name: operation.rawValue, threads: threads)
    var (elements, written, read) = (0.0, 0.0, 0.0)
    let products = Self.products(operation)
    let ledgerRows = try rows.rows(operation)
    work.action = movement(operation, ledgerRows, tiled: tiled).map { .movement($0) }
    work.operands = work.action == nil ? [] : tensors(operation, ledgerRows, names).map { Pass.Operand($0) }
    work.columns = columns(operation, ledgerRows)
    work.tokens = shape.tokens
    for row in ledgerRows {
      let inPlace = Set(row.reads.map(\.tensor)).intersection(row.writes.map(\.tensor))
      for (tensor, tensorClass, count) in row.reads {
        work.touches.append(.read(buffer(tensor, tensorClass, operation, names), T * count * size(tensorClass)))
        elements += count
        if tensorClass == .stream { read += T * count }
      }
      for (tensor, tensorClass, count) in row.writes {
        let isStream = tensorClass == .stream
        let store: StoreKind =
          inPlace.contains(tensor) ? .inPlace : isStream && goesPastCaches(operation) ? .streaming : .ordinary
        work.touches.append(.write(buffer(tensor, tensorClass, operation, names), T * count * size(tensorClass), store))
        if store != .inPlace { elements += count }
        if isStream { written += T * count }
      }
      let vector =
        row.isChain
        ? row.arithmetic.chained(tokens: T, line: Double(shape.streams))
        : row.arithmetic.vector(tokens: T, products: products)
      for (kind, count) in vector { work.vector[kind, default: 0] += count }
    }
    work.row = rowBytes(operation)
    work.strips = products == .jointProduct
    if case .rows(let traffic) = work.movement { work.prefetches = traffic.fetchesAhead }
    work.arrays = max(1, Int((elements / C).rounded()))
    if format == .bfloat16 {
      if products != .smallProduct || !blocking.multipliesBFloat16 {
        work.vector[.widening, default: 0] += read
        // A widened number comes with its first multiply-add.
        if let count = work.vector[.multiplyAdd] { work.vector[.multiplyAdd] = max(0, count - read) }
      }
      work.vector[.rounding, default: 0] += written
    }
    work.overlaps = products == .smallProduct
    addTables(&work, operation, tiled: tiled)
    return work
  }

  /// What an operation's multiply-adds are.
  private static func products(_ operation: ConnectionOperation) -> VectorWork {
    switch operation {
    case .project, .allCoefficients: .smallProduct
    case .projectBackward, .streamBackward, .allCoefficientsBackward: .jointProduct
    default: .multiplyAdd
    }
  }

  /// Bytes of a row where an operation walks the rows of a token side by side.
  ///
  /// Sums of whole tensors and a single stream are walked from end to end. The projection takes a few columns of several
  /// rows at a time. Its backward pass fetches strips of rows by instructions of its own, and waits for no prefetcher.
  private func rowBytes(_ operation: ConnectionOperation) -> Int? {
    switch operation {
    case .mergeSum, .accumulatePre, .accumulateCoefficients, .coefficients, .sinkhorn, .sinkhornBackward,
      .coefficientsBackward, .projectBackward, .streamBackward, .allCoefficientsBackward:
      return nil
    case .project, .allCoefficients:
      return min(blocking.projectionColumns, shape.streamElements) * format.bytes
    default:
      return shape.streams > 1 ? shape.channels * format.bytes : nil
    }
  }

  private func size(_ tensorClass: TensorClass) -> Double { tensorClass == .stream ? Double(format.bytes) : 4 }

  /// Merge and the one-pass backward write whole streams and read none of them again.
  func goesPastCaches(_ operation: ConnectionOperation) -> Bool {
    streaming && [.merge, .streamBackward].contains(operation) || streaming && kind == .residual
  }

  func buffer(
    _ tensor: String, _ tensorClass: TensorClass, _ operation: ConnectionOperation, _ names: [String: String]
  ) -> String {
    switch (tensorClass, tensor) {
    // Coefficients of all kinds stand in one buffer, their gradients in another.
    case (.coefficient, _): tensor.hasPrefix("grad") ? "grad H" : names["H"] ?? "H"
    case (_, "grad x, res"): names["grad x"] ?? "grad x"
    default: names[tensor] ?? tensor
    }
  }

  /// What the kernels come back to block after block: φ, and backwards its gradient; and the numbers that the
  /// coefficient kernels move between lanes.
  private func addTables(_ work: inout Work, _ operation: ConnectionOperation, tiled: Bool) {
    guard let sizes = ConnectionSizes(kind, shape) else { return }
    let rows = T * Double(sizes.rows)
    let rowBytes = Double(sizes.inputs * format.bytes)
    switch operation {
    case .project, .allCoefficients:
      let table = Double((sizes.outputs + 7) / 8 * 8 * sizes.inputs * 4)
      // Outputs are padded to whole vectors of 8; where they are few, loads of x bound the kernel: one of x for every row
      // and one of φ for each of the v vectors, for v multiply-adds a row.
      let (vectors, height) = (Double((sizes.outputs + 7) / 8), Double(blocking.projectionRows))
      let padded = 8 * vectors / Double(sizes.outputs)
      let v = min(vectors, 3)
      work.vector[.smallProduct, default: 0] *= padded * max(1, (height + v) / (height * v))
      let shared = Double(blocking.sharedRows(table: table))
      var touch = Touch.read("phi", rows / shared * table)
      touch.footprint = Double(threads) * table
      touch.reuse = Double(threads) * (table + shared * rowBytes)
      touch.isTable = true
      work.touches.append(touch)
    case .projectBackward, .streamBackward, .allCoefficientsBackward:
      let table = Double((sizes.inputs + 15) / 16 * 16 * sizes.outputs * 4)
      let block = Double(tiled ? min(blocking.jointRows, KernelBlocking.tileTokens * sizes.rows) : blocking.jointRows)
      let bytes = rows / block * table
      for touch in [Touch.read("phi", bytes), .read("grad phi", bytes), .write("grad phi", bytes, .inPlace)] {
        var touch = touch
        touch.footprint = Double(threads) * table
        touch.isTable = true
        touch.reuse = Double(threads) * (min(2 * table, KernelBlocking.sliceBytes) + 3 * block * rowBytes)
        work.touches.append(touch)
      }
    default: break
    }
    let (n, width) = (Double(shape.streams), Double(sizes.coefficients))
    // Gathered and scattered lane by lane: projections in and coefficients out; Sinkhorn's matrices in and out.
    work.moved =
      switch operation {
      case .coefficients: T * 2 * width
      case .sinkhorn: T * 2 * n * n
      case .allCoefficients: T * (2 * width + (kind == .manifold ? 2 * n * n : 0))
      case .sinkhornBackward: T * 3 * n * n
      case .coefficientsBackward: T * 3 * width
      case .allCoefficientsBackward: T * (3 * width + (kind == .manifold ? 3 * n * n : 0))
      default: 0
      }
  }

  /// A whole forward pass with F(u) = u.
  func forwardIdentity(_ plan: ConnectionPlan) throws -> [Work] {
    if kind == .residual { return widen("x", "u") + (try works(plan.after, tiled: false, names: ["y": "u"])) }
    if plan.isTiled {
      return packing(backward: false)
        + joined(try works(plan.before + plan.after, tiled: true, names: Self.tile, local: ["u", "grad u"]))
    }
    return packing(backward: false) + (try works(plan.before, tiled: false))
      + (try works(plan.after, tiled: false, names: ["y": "u"]))
  }

  /// A whole backward pass with F(u) = u.
  func backwardIdentity(_ plan: ConnectionPlan) throws -> [Work] {
    if kind == .residual {
      return widen("grad x'", "grad u") + (try works(plan.backwardAfter + plan.backwardBefore, tiled: plan.isTiled))
    }
    let names = Self.tile
    if plan.isTiled {
      let all = try works(
        [.preMix] + plan.backwardBefore + plan.backwardAfter, tiled: true, names: names,
        local: ["u", "grad u", Self.staged])
      return packing(backward: true) + joined(all) + addingSums()
    }
    return try works([.preMix], tiled: false, names: names) + packing(backward: true)
      + works(plan.backwardBefore, tiled: false, names: names) + works(plan.backwardAfter, tiled: false, names: names)
      + addingSums()
  }

  /// u and y, and their gradients, have room for one tile of each thread.
  private static let tile = ["y": "u", "grad y": "grad u"]
}
