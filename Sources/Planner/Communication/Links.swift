import CostModel
import Quantities

/// α and β of both tiers at every corner.
struct Links: Sendable {
  /// Devices of a domain.
  let domain: Int
  /// Peers that a device has to send to at once to use its whole bandwidth inside a domain.
  let fanOut: Double
  private let domainLatency: Corners
  private let domainSecondsPerByte: Corners
  private let networkLatency: Corners
  private let networkSecondsPerByte: Corners

  /// The links of a device; nil for one on its own.
  ///
  /// - Parameters:
  ///   - interconnect: the device's.
  ///   - end: which end of the ranges a corner takes. Messages that plain residual connections send too go with the layer
  ///     functions, those that are n times a residual's with the streams.
  init?(_ interconnect: Interconnect?, end: (Corner) -> Corner.End) {
    guard let interconnect else { return nil }
    domain = interconnect.devices.value
    fanOut = interconnect.fanOut
    func fraction(_ range: Estimate<Double>, _ corner: Corner) -> Double {
      switch end(corner) {
      case .slow: range.low
      case .expected: range.expected
      case .fast: range.high
      }
    }
    let (near, far) = (interconnect.bandwidth.value.value, interconnect.networkBandwidth.value.value)
    domainSecondsPerByte = Corners { 1 / (near * fraction(interconnect.efficiency.value, $0)) }
    networkSecondsPerByte = Corners { 1 / (far * fraction(interconnect.networkEfficiency.value, $0)) }
    domainLatency = Corners { interconnect.latency.value.at(end($0)).value }
    networkLatency = Corners { interconnect.networkLatency.value.at(end($0)).value }
  }

  /// The time of tokens on their way to experts or back: a domain hands on what is there while more comes in.
  /// - Source: DeepSeek-V3 (arXiv:2412.19437) §3.2.2.
  func routedSeconds(_ load: MessageLoad) -> Corners {
    pointwiseMax(
      domainSeconds(load), load.networkMessages * networkLatency + load.networkBytes * networkSecondsPerByte)
  }

  /// The time of a load, in seconds.
  func seconds(_ load: MessageLoad) -> Corners {
    domainSeconds(load) + load.networkMessages * networkLatency + load.networkBytes * networkSecondsPerByte
  }

  private func domainSeconds(_ load: MessageLoad) -> Corners {
    load.domainMessages * domainLatency + (load.domainBytes + load.domainIdleBytes) * domainSecondsPerByte
  }
}
