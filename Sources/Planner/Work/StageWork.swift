import CostModel
public import Quantities

/// What one stage computes and moves for one microbatch, of each chunk, on one device.
public struct StageWork: Hashable, Sendable {
  /// Arithmetic of the layer functions and the output head: forward, and twice that backward (attention cores 2.5
  /// times), and what runs again.
  public let layerFLOPs: FLOPs
  /// Arithmetic of connections and pre-norms, all passes.
  public let connectionFLOPs: FLOPs
  /// Bytes that connections and pre-norms read, all passes.
  public let connectionRead: Bytes
  /// Bytes that they write.
  public let connectionWritten: Bytes

  /// Counts one stage.
  init(_ parts: [Stage], _ plan: StagePlan, _ share: DeviceShare, _ cost: ModelCost) throws(OverflowError) {
    var counter = Counter(share: share)
    let again = RecomputeCounts(parts, plan.chunks, cost)
    for kind in cost.kinds.indices {
      let count = parts.reduce(0) { $0 + cost.count(of: kind, in: $1.range) }
      for row in cost.kinds[kind].work {
        try counter.add(row, times: count, reruns: row.isRerun ? again.reruns[kind] : 0)
      }
    }
    if parts.contains(where: \.isLast) { for row in cost.ends.work { try counter.add(row, times: 1, reruns: 0) } }
    let connection = cost.connection
    try counter.add(connection.forward, times: plan.residualLayers)
    try counter.add(connection.backward, times: plan.residualLayers)
    try counter.add(connection.recomputePerBlock, times: again.blocks)
    try counter.add(connection.recomputePerLayer, times: again.layers)
    try counter.add(connection.recomputePerInnerLayer, times: again.layers - again.blocks)
    layerFLOPs = counter.layerFLOPs
    connectionFLOPs = counter.connectionFLOPs
    connectionRead = counter.read
    connectionWritten = counter.written
  }

  private struct Counter {
    let share: DeviceShare
    var layerFLOPs = FLOPs.zero
    var connectionFLOPs = FLOPs.zero
    var read = Bytes.zero
    var written = Bytes.zero

    mutating func add(_ row: LayerKindCost.WorkCost, times: Int, reruns: Int) throws(OverflowError) {
      let shards = share.layout.shards(row.sharding)
      let whole = try product("FLOPs of a row", row.flopsPerSequence, share.layout.microbatch)
      let forward = FLOPs(whole / (shards * share.layout.context))
      // Forward, backward, and as often as it runs again; what is less than a FLOP of a device's share is dropped.
      let halves = try product("passes", times, 2 + LayerRates.backwardHalves(row.kind))
      try layerFLOPs += FLOPs((halves * forward).count / 2)
      try layerFLOPs += reruns * forward
    }

    mutating func add(_ kernels: [KernelCost], times: Int) throws(OverflowError) {
      for kernel in kernels {
        try connectionFLOPs += FLOPs(try product("connection FLOPs", times, share.tokens, kernel.flopsPerToken))
        let readOnce = try Bytes(product("bytes read", share.tokens, kernel.readBytesPerToken))
        try read += times * (readOnce + Bytes(kernel.readBytesPerCall))
        let writtenOnce = try Bytes(product("bytes written", share.tokens, kernel.writtenBytesPerToken))
        try written += times * (writtenOnce + Bytes(kernel.writtenBytesPerCall))
      }
    }
  }
}

extension Planner {
  /// What a stage of a plan computes and moves for one microbatch.
  ///
  /// - Parameters:
  ///   - plan: one stage of a plan that this planner made.
  ///   - layout: the layout of that plan.
  /// - Returns: exact counts.
  /// - Throws: `OverflowError` when a count does not fit in 64 bits.
  public func work(of plan: StagePlan, in layout: Layout) throws(OverflowError) -> StageWork {
    let share = try DeviceShare(layout, cost)
    return try StageWork(plan.parts(layout, cost), plan, share, cost)
  }
}
