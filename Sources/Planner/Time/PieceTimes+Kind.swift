import CostModel
import Schedules

extension PieceTimes {
  /// One kind of layer function.
  ///
  /// A class, as it is large and is only read.
  final class Kind: Sendable {
    let forward: Corners
    let backward: Corners
    let rerun: Corners
    /// Of backward, the gradients of weights.
    let weights: Corners
    let isAttention: Bool
    /// Messages where the input is, and where the output is.
    let before: MessageTime
    let after: MessageTime
    let backwardAfter: MessageTime
    let backwardBefore: MessageTime
    let rerunMessages: MessageTime
    /// Of a whole pass.
    let forwardMessages: MessageTime
    let backwardMessages: MessageTime

    init(
      _ rates: LayerRates.Passes, _ share: DeviceShare, _ cost: LayerKindCost, _ traffic: WeightTraffic,
      _ links: LayoutLinks?, _ level: RecomputeLevel, _ overlap: OverlapOptions
    ) {
      forward = pointwiseMax(rates.forward.seconds(share), traffic.forward)
      backward = pointwiseMax(rates.backward.seconds(share), traffic.backward)
      let again = rates.rerun.seconds(share)
      // Of an attention core alone no weights are read.
      rerun = level == .full ? pointwiseMax(again, traffic.forward) : again
      weights = rates.weights.seconds(share)
      if case .attention = cost.function { isAttention = true } else { isAttention = false }
      func messages(_ rows: [MessageCost], hiddenBy core: Corners) -> MessageTime {
        guard let links else { return MessageTime() }
        return MessageTime(rows, links, core: overlap.overlapsCommunication ? core : .zero)
      }
      let (core, coreBackward) = (rates.core.seconds(share), rates.coreBackward.seconds(share))
      before = messages(cost.messages.before, hiddenBy: core)
      after = messages(cost.messages.after, hiddenBy: .zero)
      backwardAfter = messages(cost.messages.backwardAfter, hiddenBy: .zero)
      backwardBefore = messages(cost.messages.backwardBefore, hiddenBy: coreBackward)
      rerunMessages = messages(cost.messages.rerun, hiddenBy: core)
      var (forward, backward) = (before, backwardBefore)
      forward += after
      backward += backwardAfter
      (forwardMessages, backwardMessages) = (forward, backward)
    }
  }
}
