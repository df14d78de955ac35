import CostModel
import Quantities

/// Gradients and weights between the devices that hold the same ones, in seconds on one stage.
///
/// Without sharding, gradients are added up once a step. Sharded optimizer states add up shares of them and gather the
/// weights before the next step; sharded gradients do the first for every microbatch; sharded weights are gathered for
/// every pass.
/// - Source: ZeRO (arXiv:1910.02054) §7.
struct DataMessages: Sendable {
  /// Before the first forward pass of a step.
  private(set) var atStart = Corners.zero
  /// After the last backward pass.
  private(set) var atEnd = Corners.zero
  /// For every forward pass.
  private(set) var inForward = Corners.zero
  /// For every backward pass.
  private(set) var inBackward = Corners.zero

  init() {}

  init(
    _ parts: [Stage], _ share: DeviceShare, _ cost: ModelCost, _ links: LayoutLinks
  ) throws(OverflowError) {
    guard max(share.dataShards, share.expertShards) > 1 else { return }
    let setup = cost.setup
    let parameters = try StageParameters(parts, share, cost)
    func seconds(_ collective: Collective, _ format: NumberFormat) -> Corners {
      let bytes = Double(format.bits / 8)
      let dense = Double(parameters.dense) * bytes + Double(parameters.connections) * 4
      var load = MessageLoad(collective, bytes: dense, over: links.groups.data)
      if parameters.experts > 0 {
        load =
          load
          + MessageLoad(
            collective, bytes: Double(parameters.experts) * bytes, over: links.groups.expertData)
      }
      return links.shared.seconds(load)
    }
    switch setup.zeroStage {
    case .none: atEnd = seconds(.allReduce, setup.gradientFormat)
    case .optimizer:
      atEnd = seconds(.reduceScatter, setup.gradientFormat)
      atStart = seconds(.allGather, setup.weightFormat)
    case .gradients:
      inBackward = seconds(.reduceScatter, setup.gradientFormat)
      atStart = seconds(.allGather, setup.weightFormat)
    case .weights:
      inForward = seconds(.allGather, setup.weightFormat)
      inBackward = inForward + seconds(.reduceScatter, setup.gradientFormat)
    }
  }

  /// Adds what every microbatch sends to a stage's passes, which hide what they can.
  func add(to time: inout StageTime, isHidden: Bool) {
    let forward = isHidden ? pointwiseMin(inForward, time.forwardComputing) : .zero
    let backward = isHidden ? pointwiseMin(inBackward, time.backwardComputing) : .zero
    time.forwardMessages.hiddenData += forward
    time.forwardMessages.data += inForward - forward
    time.backwardMessages.hiddenData += backward
    time.backwardMessages.data += inBackward - backward
  }

  /// What a step waits for at its ends, and what its first forward and last backward pass hide.
  func atEnds(of time: StageTime, isHidden: Bool) -> (exposed: Corners, hidden: Corners) {
    guard isHidden else { return (atStart + atEnd, .zero) }
    let hidden = pointwiseMin(atStart, time.forwardComputing) + pointwiseMin(atEnd, time.backwardComputing)
    return (atStart + atEnd - hidden, hidden)
  }
}
