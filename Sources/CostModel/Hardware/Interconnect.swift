public import Quantities

/// How a device reaches others: a fast domain of a few devices, and a network between domains.
public struct Interconnect: Hashable, Sendable {
  /// What joins the devices of one domain: `NVLink 4`.
  public var name: String
  /// Bandwidth of one device to the rest of its domain, in one direction.
  public var bandwidth: Sourced<BytesPerSecond>
  /// Bandwidth of one device to one other of its domain, in one direction, above 0 and at most ``bandwidth``.
  ///
  /// Nil for all of it, as behind a switch.
  public var linkBandwidth: Sourced<BytesPerSecond>?
  /// Devices in one domain, at least 1: 8 behind the switches of one server, 72 in an NVL72 rack.
  public var devices: Sourced<Int>
  /// Bandwidth of one device to other domains, in one direction.
  public var networkBandwidth: Sourced<BytesPerSecond>
  /// The fraction of ``bandwidth`` that a collective reaches.
  public var efficiency: Sourced<Estimate<Double>>
  /// α inside a domain: what a message costs before its first byte.
  public var latency: Sourced<Estimate<Seconds>>
  /// The fraction of ``networkBandwidth`` that a collective reaches.
  public var networkEfficiency: Sourced<Estimate<Double>>
  /// α between domains.
  public var networkLatency: Sourced<Estimate<Seconds>>

  /// A domain and the network around it; what is left out is ``assumedEfficiency`` or one of the assumed latencies, and
  /// no link means a switch.
  public init(
    name: String, bandwidth: Sourced<BytesPerSecond>, linkBandwidth: Sourced<BytesPerSecond>? = nil,
    devices: Sourced<Int>, networkBandwidth: Sourced<BytesPerSecond>,
    efficiency: Sourced<Estimate<Double>> = Self.assumedEfficiency,
    latency: Sourced<Estimate<Seconds>> = Self.assumedLatency,
    networkEfficiency: Sourced<Estimate<Double>> = Self.assumedEfficiency,
    networkLatency: Sourced<Estimate<Seconds>> = Self.assumedNetworkLatency
  ) {
    self.name = name
    self.bandwidth = bandwidth
    self.linkBandwidth = linkBandwidth
    self.devices = devices
    self.networkBandwidth = networkBandwidth
    self.efficiency = efficiency
    self.latency = latency
    self.networkEfficiency = networkEfficiency
    self.networkLatency = networkLatency
  }

  /// Peers that a device has to send to at once to use all of ``bandwidth``, at least 1.
  ///
  /// 1 behind a switch, 7 where a link of its own leads to each of seven others.
  public var fanOut: Double { linkBandwidth.map { bandwidth.value.value / $0.value.value } ?? 1 }

  /// What collectives reach of a link where a profile does not say.
  public static let assumedEfficiency = Sourced(
    Estimate(low: 0.6, expected: 0.8, high: 0.95), kind: .assumed,
    source: "Insights into DeepSeek-V3 (arXiv:2505.09343) plans with 160 of 200 GB/s of NVLink and 40 of 50 GB/s of a "
      + "network port; the ends are assumed")

  /// α inside a domain where a profile does not say.
  public static let assumedLatency = Sourced(
    Estimate(low: Seconds(2e-6), expected: Seconds(3.3e-6), high: Seconds(10e-6)), kind: .assumed,
    source:
      "Insights into DeepSeek-V3 (arXiv:2505.09343), 64 bytes over NVLink end to end: 3.33 µs; the ends are assumed")

  /// α between domains where a profile does not say.
  public static let assumedNetworkLatency = Sourced(
    Estimate(low: Seconds(2.8e-6), expected: Seconds(3.7e-6), high: Seconds(15e-6)), kind: .assumed,
    source:
      "Insights into DeepSeek-V3 (arXiv:2505.09343), 64 bytes over InfiniBand end to end: 2.8 µs behind one switch, "
      + "3.7 µs across; the high end is assumed")
}
