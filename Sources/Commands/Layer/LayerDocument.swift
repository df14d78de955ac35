import CostModel
import Quantities

/// The result of `layer`.
struct LayerDocument: ResultDocument {
  static let command = "layer"
  static let version = 1

  var request: LayerRequest
  var assumptions: [String]
  var excluded: [String]
  var connections: [ConnectionResult]

  init(_ request: LayerRequest) throws(OverflowError) {
    self.request = request
    let point = EvaluationPoint(
      values: SymbolValues(
        streams: request.streams, channels: request.channels, sinkhornIterations: request.sinkhornIterations),
      precision: Precision(stream: request.streamFormat))
    var connections: [ConnectionResult] = []
    for level in request.levels {
      guard
        let ledger = ConnectionLedger.of(
          level.connection, fusion: level.fusion, coefficients: request.coefficients)
      else { continue }
      connections.append(try ConnectionResult(ledger, point))
    }
    self.connections = connections
    assumptions =
      [
        "counting rule: an addition, multiplication, division, square root, exponential or tanh is one FLOP, "
          + "a multiply-add two; a dot product accumulates from zero",
        "streams \(request.streamFormat.rawValue), layer inputs and outputs bf16, coefficients and parameters fp32",
        "recompute is one layer inside a block; coefficients \(request.coefficients.rawValue)",
        "no cache keeps a stream between two operations",
      ] + request.notes
    excluded = [
      "the layer function, and its pre-norm except where coversPreNorm is true",
      "parameters and their gradients in readElements and writtenElements: they move once a call, not once a token",
    ]
  }
}

/// Where formulas are evaluated.
struct EvaluationPoint {
  var values: SymbolValues
  var precision: Precision

  /// Bytes of the per-token accesses; parameters are not among them.
  func bytes(_ accesses: [TensorAccess]) throws(OverflowError) -> Int {
    var total = Bytes.zero
    for access in accesses where access.tensorClass != .parameter {
      let elements = Elements(try access.elements.evaluate(at: values))
      try total += precision.format(of: access.tensorClass).bytes(elements)
    }
    return total.count
  }
}

/// One connection at one level of fusion.
struct ConnectionResult: Encodable {
  var connection: Connection
  var fusion: Fusion
  var parameters: Int
  var parametersFormula: String
  var coversPreNorm: Bool
  var forward: PassResult
  var backward: PassResult
  var recompute: PassResult
  var saved: [SavedResult]

  init(_ ledger: ConnectionLedger, _ point: EvaluationPoint) throws(OverflowError) {
    connection = ledger.connection
    fusion = ledger.fusion
    parameters = try ledger.parameters.evaluate(at: point.values)
    parametersFormula = ledger.parameters.description
    coversPreNorm = ledger.coversPreNorm
    forward = try PassResult(ledger.forward, point)
    backward = try PassResult(ledger.backward, point)
    recompute = try PassResult(ledger.recompute.innerLayer, point)
    var saved: [SavedResult] = []
    for tensor in ledger.saved { saved.append(try SavedResult(tensor, point)) }
    self.saved = saved
  }
}

/// One pass: its rows and their sums.
struct PassResult: Encodable {
  var readElements: Int
  var writtenElements: Int
  var readFormula: String
  var writtenFormula: String
  var readBytes: Int
  var writtenBytes: Int
  var flops: Int
  var operations: [OperationResult]

  init(_ pass: PassLedger, _ point: EvaluationPoint) throws(OverflowError) {
    var rows: [OperationResult] = []
    for operation in pass.operations { rows.append(try OperationResult(operation, point)) }
    operations = rows
    readFormula = pass.readPerToken.description
    writtenFormula = pass.writtenPerToken.description
    readElements = try rows.sum(\.readElements)
    writtenElements = try rows.sum(\.writtenElements)
    readBytes = try rows.sum(\.readBytes)
    writtenBytes = try rows.sum(\.writtenBytes)
    flops = try rows.sum(\.flops)
  }
}

/// One row.
struct OperationResult: Encodable {
  var name: String
  var readElements: Int
  var writtenElements: Int
  var readFormula: String
  var writtenFormula: String
  var readBytes: Int
  var writtenBytes: Int
  var parametersReadElements: Int
  var parametersWrittenElements: Int
  var flops: Int
  var flopsFormula: String
  var arithmetic: ArithmeticResult
  var launches: Int
  var unit: String
  var source: String

  init(_ operation: Operation, _ point: EvaluationPoint) throws(OverflowError) {
    let values = point.values
    name = operation.name
    readElements = try operation.readPerToken.evaluate(at: values)
    writtenElements = try operation.writtenPerToken.evaluate(at: values)
    readFormula = operation.readPerToken.description
    writtenFormula = operation.writtenPerToken.description
    readBytes = try point.bytes(operation.reads)
    writtenBytes = try point.bytes(operation.writes)
    parametersReadElements = try operation.parametersReadPerCall.evaluate(at: values)
    parametersWrittenElements = try operation.parametersWrittenPerCall.evaluate(at: values)
    flops = try operation.arithmetic.flops.evaluate(at: values)
    flopsFormula = operation.arithmetic.flops.description
    arithmetic = try ArithmeticResult(operation.arithmetic, values)
    launches = try operation.launches.evaluate(at: values)
    unit = operation.unit.rawValue
    source = operation.source
  }
}

/// Arithmetic by kind.
struct ArithmeticResult: Encodable {
  var additions: Int
  var multiplications: Int
  var divisions: Int
  var squareRoots: Int
  var exponentials: Int
  var tangents: Int

  init(_ arithmetic: Arithmetic, _ values: SymbolValues) throws(OverflowError) {
    additions = try arithmetic.additions.evaluate(at: values)
    multiplications = try arithmetic.multiplications.evaluate(at: values)
    divisions = try arithmetic.divisions.evaluate(at: values)
    squareRoots = try arithmetic.squareRoots.evaluate(at: values)
    exponentials = try arithmetic.exponentials.evaluate(at: values)
    tangents = try arithmetic.tangents.evaluate(at: values)
  }
}

/// One tensor kept for the backward pass.
struct SavedResult: Encodable {
  var tensor: String
  var elements: Int
  var formula: String
  var bytes: Int
  var lifetime: String

  init(_ saved: SavedTensor, _ point: EvaluationPoint) throws(OverflowError) {
    tensor = saved.tensor.tensor
    elements = try saved.tensor.elements.evaluate(at: point.values)
    formula = saved.tensor.elements.description
    bytes = try point.bytes([saved.tensor])
    lifetime = saved.lifetime.rawValue
  }
}

extension Array {
  /// The sum of one column.
  func sum(_ column: KeyPath<Element, Int>) throws(OverflowError) -> Int {
    var total = Elements.zero
    for element in self { try total += Elements(element[keyPath: column]) }
    return total.count
  }
}
