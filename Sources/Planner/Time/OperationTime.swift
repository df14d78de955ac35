import CostModel
public import Quantities

/// One operation of a stage as the roofline sees it, at the expected constants.
public struct OperationTime: Sendable {
  /// The pass it belongs to: `forward`, `backward`, `recompute`.
  public let pass: String
  /// The operation, with the layer function it is part of.
  public let name: String
  /// How often the stage runs it for one microbatch.
  public let count: Int
  /// Bytes moved each time.
  public let bytes: Double
  /// FLOPs each time, on this device.
  public let flops: Double
  /// Time of all its runs.
  public let total: Seconds
  /// What binds it.
  public let bound: Bound

  /// What an operation's time is set by.
  public enum Bound: String, Sendable {
    /// Bytes over bandwidth.
    case memory
    /// FLOPs over the peak.
    case arithmetic
    /// Starting it.
    case latency
  }
}

extension Planner {
  /// Every operation of one stage for one microbatch, at the expected constants; their sum is the stage's time.
  ///
  /// Of a stage with several chunks, one microbatch of each. Messages are apart.
  ///
  /// - Parameters:
  ///   - plan: one stage of a plan that this planner made.
  ///   - layout: the plan's layout.
  /// - Returns: layer functions first, then connections.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func operationTimes(of plan: StagePlan, in layout: Layout) throws -> [OperationTime] {
    let share = try DeviceShare(layout, cost)
    let parts = plan.parts(layout, cost)
    let layers = plan.residualLayers
    let point = roofline
    let counts = RecomputeCounts(parts, plan.chunks, cost)
    var rows: [OperationTime] = []
    func add(
      _ work: [LayerKindCost.WorkCost], _ parameters: LocalParameters, of owner: String, times: Int, reruns: Int
    ) {
      let traffic = WeightTraffic(parameters, cost.setup, point)
      let first = rows.count
      for row in work {
        let passes = [
          ("forward", 1.0, times), ("backward", LayerRates.backwardFactor(row.kind), times),
          ("recompute", 1.0, row.isRerun ? reruns : 0),
        ]
        for (pass, scale, count) in passes where count > 0 {
          rows.append(point.operationTime(row, share, pass: pass, owner: owner, scale: scale, count: count))
        }
      }
      let isWhole = cost.setup.layerRecompute == .full
      for (pass, least, count) in [
        ("forward", traffic.forward, times), ("backward", traffic.backward, times),
        ("recompute", traffic.forward, isWhole ? reruns : 0),
      ] where count > 0 {
        let own = rows[first...].reduce(0) { $0 + ($1.pass == pass ? $1.total.value : 0) }
        let missing = Double(count) * least[.expected] - own
        guard missing > 1e-12 * own else { continue }
        // The bytes that nothing else hides.
        let bytes = missing / Double(count) / point.secondsPerByte[.expected]
        rows.append(
          OperationTime(
            pass: pass, name: "\(owner): waiting for its weights", count: count, bytes: bytes, flops: 0,
            total: Seconds(missing), bound: .memory))
      }
    }
    for kind in cost.kinds.indices {
      let count = parts.reduce(0) { $0 + cost.count(of: kind, in: $1.range) }
      let layer = cost.kinds[kind]
      add(layer.work, share.kinds[kind].parameters, of: layer.function.title, times: count, reruns: counts.reruns[kind])
    }
    if parts.contains(where: \.isLast) {
      add(cost.ends.work, share.head(of: cost.model), of: "output head", times: 1, reruns: 0)
    }
    let tokens = Double(share.tokens)
    for (pass, kernels, count) in [
      ("forward", cost.connection.forward, layers), ("backward", cost.connection.backward, layers),
      ("recompute", cost.connection.recomputePerBlock, counts.blocks),
      ("recompute", cost.connection.recomputePerLayer, counts.layers),
      ("recompute", cost.connection.recomputePerInnerLayer, counts.layers - counts.blocks),
    ] where count > 0 {
      rows += kernels.map { point.operationTime($0, tokens: tokens, pass: pass, count: count) }
    }
    return rows
  }
}

extension Roofline {
  fileprivate func operationTime(
    _ row: LayerKindCost.WorkCost, _ share: DeviceShare, pass: String, owner: String, scale: Double, count: Int
  ) -> OperationTime {
    let tokens = Double(share.contextTokens) / Double(share.layout.shards(row.sharding))
    let (flops, bytes) = (scale * row.flopsPerToken * tokens, scale * Double(row.bytesPerToken) * tokens)
    let once = latency[.expected] + tokens * secondsPerToken(row, scale: scale)[.expected]
    return OperationTime(
      pass: pass, name: "\(owner): \(row.name)", count: count, bytes: bytes, flops: flops,
      total: Seconds(Double(count) * once), bound: bound(once, latency: latency[.expected], bytes: bytes))
  }

  fileprivate func operationTime(_ kernel: KernelCost, tokens: Double, pass: String, count: Int) -> OperationTime {
    let once = seconds(kernel, tokens: tokens)[.expected]
    let bytes = movedBytes(kernel, tokens: tokens)
    return OperationTime(
      pass: pass, name: "connection: \(kernel.name)", count: count, bytes: bytes,
      flops: Double(kernel.flopsPerToken) * tokens, total: Seconds(Double(count) * once),
      bound: bound(once, latency: Double(kernel.launches) * latency[.expected], bytes: bytes))
  }

  private func bound(_ seconds: Double, latency: Double, bytes: Double) -> OperationTime.Bound {
    if 2 * latency > seconds { return .latency }
    // The larger of two terms; the quotient allows for rounding.
    return bytes * secondsPerByte[.expected] >= (1 - 1e-9) * (seconds - latency) ? .memory : .arithmetic
  }
}
