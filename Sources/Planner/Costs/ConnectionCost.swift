import CostModel
import Quantities

/// The connection around one layer function in numbers, per token.
struct ConnectionCost: Sendable {
  /// Learned scalars of one connection.
  let parameters: Int
  /// n: streams that are really there; 1 for a residual.
  let streams: Int
  /// n, C and t.
  let sizes: SymbolValues
  /// Bytes a token of the streams at one layer boundary.
  let streamBytes: Int
  /// Bytes a token needed while a block is recomputed, the streams apart.
  let transientBytes: Int
  /// Layer outputs kept a layer: 0 or 1.
  let outputsKept: Int
  /// Bytes a token of coefficients kept in every layer.
  let coefficientBytes: Int
  let forward: [KernelCost]
  let backward: [KernelCost]
  /// Of both, F_post,res.
  let mergeForward: [KernelCost]
  let mergeBackward: [KernelCost]
  let recomputePerBlock: [KernelCost]
  let recomputePerLayer: [KernelCost]
  let recomputePerInnerLayer: [KernelCost]

  /// The cost of the setup's connection; nil where the connection does not exist at the setup's fusion.
  init?(_ setup: TrainingSetup, model: ModelShape) throws(OverflowError) {
    guard
      let ledger = ConnectionLedger.of(setup.connection, fusion: setup.fusion, coefficients: setup.coefficients)
    else { return nil }
    let streams = setup.connection == .residual ? 1 : setup.streams
    let values = SymbolValues(
      streams: streams, channels: model.channels, sinkhornIterations: model.sinkhornIterations)
    let precision = setup.precision
    self.streams = streams
    sizes = values
    parameters = try ledger.parameters.evaluate(at: values)
    var (stream, transient, coefficients, outputs) = (Bytes.zero, Bytes.zero, Bytes.zero, 0)
    for saved in ledger.saved {
      let elements = Elements(try saved.tensor.elements.evaluate(at: values))
      let bytes = try precision.format(of: saved.tensor.tensorClass).bytes(elements)
      switch saved.lifetime {
      case .stream: try stream += bytes
      case .transient: try transient += bytes
      case .everyLayer where saved.tensor.tensorClass == .activation: outputs += 1
      case .everyLayer: try coefficients += bytes
      }
    }
    streamBytes = stream.count
    transientBytes = transient.count
    coefficientBytes = coefficients.count
    outputsKept = outputs
    func kernels(_ operations: [Operation]) throws(OverflowError) -> [KernelCost] {
      var costs: [KernelCost] = []
      for operation in operations { costs.append(try KernelCost(operation, values, precision)) }
      return costs
    }
    let norm = ledger.coversPreNorm ? [] : [PreNorm.forward]
    forward = try kernels(ledger.forward.operations + norm)
    backward = try kernels([PreNorm.backward] + ledger.backward.operations)
    mergeForward = forward.filter(\.isMerge)
    mergeBackward = backward.filter(\.isMerge)
    recomputePerBlock = try kernels(ledger.recompute.perBlock.operations)
    recomputePerLayer = try kernels(ledger.recompute.perLayer.operations + norm)
    recomputePerInnerLayer = try kernels(ledger.recompute.perInnerLayer.operations)
  }
}

/// One operation in bytes and FLOPs.
struct KernelCost: Sendable {
  var name: String
  var readBytesPerToken: Int
  var writtenBytesPerToken: Int
  var readBytesPerCall: Int
  var writtenBytesPerCall: Int
  var flopsPerToken: Int
  var unit: ComputeUnit
  var launches: Int
  /// Whether it is F_post,res, or part of it, in either pass: what joins the layer output to the streams.
  var isMerge: Bool

  private static let merges: Set<String> = ["post", "res-mix", "merge", "merge-project"]

  init(_ operation: Operation, _ values: SymbolValues, _ precision: Precision) throws(OverflowError) {
    func bytes(_ accesses: [TensorAccess], parameters: Bool) throws(OverflowError) -> Int {
      var total = Bytes.zero
      for access in accesses where (access.tensorClass == .parameter) == parameters {
        try total += precision.format(of: access.tensorClass).bytes(Elements(access.elements.evaluate(at: values)))
      }
      return total.count
    }
    name = operation.name
    let suffix = " backward"
    isMerge = Self.merges.contains(name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name)
    readBytesPerToken = try bytes(operation.reads, parameters: false)
    writtenBytesPerToken = try bytes(operation.writes, parameters: false)
    readBytesPerCall = try bytes(operation.reads, parameters: true)
    writtenBytesPerCall = try bytes(operation.writes, parameters: true)
    flopsPerToken = try operation.arithmetic.flops.evaluate(at: values)
    unit = operation.unit
    launches = try operation.launches.evaluate(at: values)
  }
}
