public import Quantities

/// How a device reaches others: a fast domain of a few devices, and a network between domains.
public struct Interconnect: Hashable, Sendable {
  /// What joins the devices of one domain: `NVLink 4`.
  public var name: String
  /// Bandwidth of one device to the rest of its domain, in one direction.
  public var bandwidth: Sourced<BytesPerSecond>
  /// Devices in one domain, at least 1: 8 behind the switches of one server, 72 in an NVL72 rack.
  public var devices: Sourced<Int>
  /// Bandwidth of one device to other domains, in one direction.
  public var networkBandwidth: Sourced<BytesPerSecond>

  /// A domain and the network around it.
  public init(
    name: String, bandwidth: Sourced<BytesPerSecond>, devices: Sourced<Int>, networkBandwidth: Sourced<BytesPerSecond>
  ) {
    self.name = name
    self.bandwidth = bandwidth
    self.devices = devices
    self.networkBandwidth = networkBandwidth
  }
}
