import CostModel
import Messages
import Quantities

/// The `kernels` section of a hardware profile: constants that were learned from a kernel author's times.
enum KernelSection {
  private static let entries = 0...1000
  private static let sizes = 0...10000
  private static let size = 1...(1 << 48)
  /// Bytes do not bind a kernel that takes longer than this for a token.
  private static let secondsPerToken = 0.0...1.0

  /// The kernels of a profile; none where it has no such section.
  static func read(_ reader: ObjectReader) throws(ProfileError) -> [KernelConstants] {
    guard reader.has("kernels") else { return [] }
    var kernels: [KernelConstants] = []
    for entry in try reader.objects("kernels", count: entries) { kernels.append(try kernel(entry)) }
    return kernels
  }

  private static func kernel(_ reader: ObjectReader) throws(ProfileError) -> KernelConstants {
    let source = singleLine(try reader.string("source", limit: 100))
    let version = singleLine(try reader.optionalString("version", limit: 100) ?? "")
    let operation = singleLine(try reader.string("operation", limit: 100))
    let latency = try reader.sourcedEstimate("latencySeconds", in: HardwareLimits.kernelLatencySeconds)
    var kernel = KernelConstants(
      source: source, version: version, operation: operation, latency: latency.map(seconds), efficiency: nil)
    if reader.has("efficiency") {
      kernel.efficiency = try reader.sourcedEstimate("efficiency", in: HardwareLimits.efficiency)
    }
    if reader.has("tokenSeconds") {
      kernel.tokenTime = try reader.sourcedEstimate("tokenSeconds", in: secondsPerToken).map(seconds)
    }
    if reader.has("tokenPairSeconds") {
      kernel.tokenPairTime = try reader.sourcedEstimate("tokenPairSeconds", in: secondsPerToken).map(seconds)
    }
    if reader.has("onChipBytesPerSecond") {
      kernel.onChipRate = try reader.sourcedEstimate("onChipBytesPerSecond", in: HardwareLimits.bytesPerSecond).map {
        Estimate(low: BytesPerSecond($0.low), expected: BytesPerSecond($0.expected), high: BytesPerSecond($0.high))
      }
    }
    if reader.has("learned") {
      for entry in try reader.objects("learned", count: sizes) {
        let tokens = try entry.int("tokens", in: size)
        kernel.learned.append(.init(tokens: tokens, channels: try entry.int("channels", in: size)))
        try entry.finish()
      }
    }
    try reader.finish()
    return kernel
  }

  private static func seconds(_ estimate: Estimate<Double>) -> Estimate<Seconds> {
    Estimate(low: Seconds(estimate.low), expected: Seconds(estimate.expected), high: Seconds(estimate.high))
  }
}
