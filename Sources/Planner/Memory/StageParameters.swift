import CostModel
import Quantities

/// Learned scalars on one device of a stage, by how ZeRO and the optimizer treat them.
struct StageParameters: Sendable {
  /// In matrices, routed experts apart.
  private(set) var matrices = 0
  /// Everything else but routed experts and connections.
  private(set) var others = 0
  /// In routed experts.
  private(set) var experts = 0
  /// In connections, fp32.
  private(set) var connections = 0

  init(_ stage: Stage, _ layout: Layout, _ cost: ModelCost) throws(OverflowError) {
    for (kind, count) in stage.kindCounts.enumerated() where count > 0 {
      for row in cost.kinds[kind].parameters { try add(row, times: count, layout) }
    }
    let ends = cost.ends
    if stage.isFirst { for row in ends.front { try add(row, times: 1, layout) } }
    if stage.isLast {
      for row in ends.back { try add(row, times: 1, layout) }
      // On another stage than the first the embedding is a copy.
      if ends.needsEmbeddingAtBack && !stage.isFirst { for row in ends.front { try add(row, times: 1, layout) } }
    }
    connections = try product("parameters of connections", stage.layers, cost.connection.parameters)
  }

  private mutating func add(
    _ row: LayerKindCost.ParameterCost, times: Int, _ layout: Layout
  ) throws(OverflowError) {
    let shards =
      switch row.sharding {
      case .replicated, .sequence: 1
      case .tensor: layout.tensor
      case .expert: layout.expert
      }
    let local = Elements(row.count / shards + (row.count % shards == 0 ? 0 : 1))
    let total = try times * local
    if row.sharding == .expert {
      experts = try (Elements(experts) + total).count
    } else if row.isMatrix {
      matrices = try (Elements(matrices) + total).count
    } else {
      others = try (Elements(others) + total).count
    }
  }

  /// Sets the symbols of weights, gradients and optimizer state.
  func setSizes(_ values: inout SymbolValues, _ layout: Layout, _ setup: TrainingSetup) throws(OverflowError) {
    // Context ranks hold the same weights, and share the state of the optimizer as data ranks do.
    let data = try product("data-parallel shards", layout.data, layout.context)
    let expertData = try layout.stageDevices / layout.expert
    func held(_ count: Int, from stage: ZeroStage, _ shards: Int) -> Int {
      setup.zeroStage.rawValue >= stage.rawValue ? (count + shards - 1) / shards : count
    }
    let dense = try (Elements(matrices) + Elements(others)).count
    values[.heldWeights] = held(dense, from: .weights, data)
    values[.heldExpertWeights] = held(experts, from: .weights, expertData)
    values[.connectionWeights] = held(connections, from: .weights, data)
    values[.heldGradients] = held(dense, from: .gradients, data)
    values[.heldExpertGradients] = held(experts, from: .gradients, expertData)
    values[.connectionGradients] = held(connections, from: .gradients, data)
    values[.matrixStates] =
      try (Elements(held(matrices, from: .optimizer, data)) + Elements(held(experts, from: .optimizer, expertData)))
      .count
    values[.otherStates] = held(others, from: .optimizer, data)
    values[.connectionStates] = held(connections, from: .optimizer, data)
    let master = setup.weightFormat == .float32 ? 0 : 4
    values[.weightBytes] = setup.weightFormat.bits / 8
    values[.gradientBytes] = setup.gradientFormat.bits / 8
    values[.matrixStateBytes] = master + setup.optimizer.momentBytes(isMatrix: true)
    values[.otherStateBytes] = master + setup.optimizer.momentBytes(isMatrix: false)
  }
}
