/// What a profile may say.
///
/// The bounds are far outside any device; inside them no time can overflow or become NaN.
enum HardwareLimits {
  /// Up to 1 PiB of memory.
  static let capacityBytes = 1...(1 << 50)
  /// Of memory, domain and network.
  static let bytesPerSecond = 1.0...1e18
  /// Of matrix units and vector lanes.
  static let flopsPerSecond = 1.0...1e24
  /// Fractions of a peak: a thousandth to the whole of it.
  static let efficiency = 0.001...1.0
  /// Nothing to a second.
  static let kernelLatencySeconds = 0.0...1.0
  /// Nothing to a second.
  static let messageLatencySeconds = 0.0...1.0
  /// Devices in one domain.
  static let devices = 1...(1 << 20)
}
