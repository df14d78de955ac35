import CostModel
import Quantities

/// One kind of layer function in numbers, at one sequence length, before it is divided over devices.
final class LayerKindCost: Sendable {
  /// The function.
  let function: LayerFunction
  /// Learned scalars by how they divide, and the part of each that is in matrices.
  let parameters: [ParameterCost]
  /// Bytes a token kept at the chosen level of recompute.
  let kept: ShardedBytes
  /// Bytes a token made again at that level.
  let remade: ShardedBytes
  /// The forward pass.
  let work: [WorkCost]
  let messages: PassMessages

  struct ParameterCost: Sendable {
    var count: Int
    var isMatrix: Bool
    var sharding: Sharding
  }

  struct WorkCost: Sendable {
    var name: String
    var flopsPerSequence: Int
    var kind: WorkRow.Kind
    var bytesPerToken: Int
    var sharding: Sharding
    /// Whether the backward pass runs it again.
    var isRerun: Bool

    /// The mean over a sequence: tokens late in it attend to more.
    var flopsPerToken: Double
  }

  init(_ function: LayerFunction, model: ModelShape, sequence: Int, setup: TrainingSetup) throws(OverflowError) {
    self.function = function
    let ledger = function.ledger
    let values = try function.values(in: model, sequence: sequence)
    let level = setup.layerRecompute
    parameters = try Self.parameters(ledger, values)
    work = try Self.work(ledger, values, sequence: sequence, setup: setup)
    messages = try PassMessages(function.messages, values, setup, reach: ExpertReach(function))
    var (kept, remade) = (ShardedBytes(), ShardedBytes())
    try kept.add(ledger.saved(at: level), values, setup.precision)
    try remade.add(ledger.saved.filter { $0.droppedBy <= level }, values, setup.precision)
    self.kept = kept
    self.remade = remade
  }

  /// The parameter rows of a ledger at its sizes.
  static func parameters(
    _ ledger: LayerFunctionLedger, _ values: SymbolValues
  ) throws(OverflowError) -> [ParameterCost] {
    var costs: [ParameterCost] = []
    for row in ledger.parameters {
      let count = try row.count.evaluate(at: values)
      costs.append(ParameterCost(count: count, isMatrix: row.isMatrix, sharding: row.sharding))
    }
    return costs
  }

  /// The work rows of a ledger at its sizes.
  static func work(
    _ ledger: LayerFunctionLedger, _ values: SymbolValues, sequence: Int, setup: TrainingSetup
  ) throws(OverflowError) -> [WorkCost] {
    let level = setup.layerRecompute
    var costs: [WorkCost] = []
    for row in ledger.forward {
      let flops = try row.flopsPerSequence.evaluate(at: values)
      let traffic = Elements(try row.trafficPerToken.evaluate(at: values))
      costs.append(
        WorkCost(
          name: row.name, flopsPerSequence: flops, kind: row.kind,
          bytesPerToken: try setup.precision.format(of: row.trafficClass).bytes(traffic).count,
          sharding: row.sharding, isRerun: level != .none && row.rerunBy <= level,
          flopsPerToken: Double(flops) / Double(sequence)))
    }
    return costs
  }
}

/// Bytes a token, by how the tensors divide over devices.
struct ShardedBytes: Sendable {
  private(set) var replicated = 0
  private(set) var sequence = 0
  private(set) var tensor = 0
  private(set) var keyValue = 0
  /// Of `keyValue`.
  private(set) var keyValueHeads = 1

  /// Adds tensors of these rows.
  /// - Throws: `OverflowError` when a sum does not fit in 64 bits.
  mutating func add(_ rows: [SavedRow], _ values: SymbolValues, _ precision: Precision) throws(OverflowError) {
    var (replicated, sequence, tensor) = (Bytes(replicated), Bytes(sequence), Bytes(tensor))
    var keyValue = Bytes(keyValue)
    for row in rows {
      let elements = Elements(try row.elementsPerToken.evaluate(at: values))
      let bytes = try precision.format(of: row.tensorClass).bytes(elements)
      switch row.sharding {
      case .replicated: try replicated += bytes
      case .sequence: try sequence += bytes
      // Routed tokens divide as the tokens do: a balanced router sends as many as it receives.
      case .tensor, .expert: try tensor += bytes
      case .keyValueHeads:
        try keyValue += bytes
        keyValueHeads = max(1, try Formula(.keyValueHeads).evaluate(at: values))
      }
    }
    self.keyValue = keyValue.count
    self.replicated = replicated.count
    self.sequence = sequence.count
    self.tensor = tensor.count
  }

  /// Bytes of a microbatch on one device.
  ///
  /// - Parameters:
  ///   - tokens: of the microbatch, after context parallelism.
  ///   - layout: how they divide.
  /// - Returns: bytes.
  /// - Throws: `OverflowError` when they do not fit in 64 bits.
  func bytes(tokens: Int, layout: Layout) throws(OverflowError) -> Int {
    let whole = try product("bytes of whole activations", replicated, tokens)
    let shared = try product("bytes of activations divided by token", sequence, tokens) / layout.sequenceShards
    let split = try product("bytes of divided activations", tensor, tokens)
    let onDevice = (split + layout.tensor - 1) / layout.tensor
    let heads = try product("bytes of keys and values", keyValue, tokens) / keyValueHeads
    let ownHeads = (keyValueHeads + layout.tensor - 1) / layout.tensor
    return try (Bytes(whole) + Bytes(shared) + Bytes(onDevice) + Bytes(heads * ownHeads)).count
  }
}
