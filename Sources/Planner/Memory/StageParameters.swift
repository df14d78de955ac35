import CostModel
import Quantities

/// Learned scalars on one device of a stage.
struct StageParameters: Sendable {
  private var local = LocalParameters()
  /// In connections, fp32.
  let connections: Int
  /// Routed experts and connections apart.
  let dense: Int

  init(_ parts: [Stage], _ share: DeviceShare, _ cost: ModelCost) throws(OverflowError) {
    for kind in share.kinds.indices {
      let count = parts.reduce(0) { $0 + cost.count(of: kind, in: $1.range) }
      if count > 0 { try local.add(share.kinds[kind].parameters, times: count) }
    }
    let hasFront = parts.contains(where: \.isFirst)
    if hasFront { try local.add(share.front, times: 1) }
    if parts.contains(where: \.isLast) {
      try local.add(share.back, times: 1)
      // On another device than the first part's the embedding is a copy.
      if cost.ends.needsEmbeddingAtBack && !hasFront { try local.add(share.front, times: 1) }
    }
    connections = try product(
      "parameters of connections", parts.reduce(0) { $0 + $1.layers }, cost.connection.parameters)
    dense = try (local.matrices + local.others).count
  }

  /// In routed experts.
  var experts: Int { local.experts.count }

  /// Sets the symbols of weights, gradients and optimizer state.
  func setSizes(
    _ values: inout SymbolValues, _ share: DeviceShare, _ zeroStage: ZeroStage
  ) throws(OverflowError) {
    let (data, expertData) = (share.dataShards, share.expertShards)
    func held(_ count: Int, from stage: ZeroStage, _ shards: Int) -> Int {
      zeroStage.rawValue >= stage.rawValue ? count / shards + (count % shards == 0 ? 0 : 1) : count
    }
    values[.heldWeights] = held(dense, from: .weights, data)
    values[.heldExpertWeights] = held(experts, from: .weights, expertData)
    values[.connectionWeights] = held(connections, from: .weights, data)
    values[.heldGradients] = held(dense, from: .gradients, data)
    values[.heldExpertGradients] = held(experts, from: .gradients, expertData)
    values[.connectionGradients] = held(connections, from: .gradients, data)
    let matrices = Elements(held(local.matrices.count, from: .optimizer, data))
    values[.matrixStates] = try (matrices + Elements(held(experts, from: .optimizer, expertData))).count
    values[.otherStates] = held(local.others.count, from: .optimizer, data)
    values[.connectionStates] = held(connections, from: .optimizer, data)
  }
}
