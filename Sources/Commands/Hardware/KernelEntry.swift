import CostModel
import Quantities

/// One kernel of a device's `kernels` section, as a profile has it.
struct KernelEntry: Encodable {
  var source: String
  var version: String?
  var operation: String
  var latencySeconds: HardwareDocument.Entry<HardwareDocument.Range>
  var efficiency: HardwareDocument.Entry<HardwareDocument.Range>?
  var tokenSeconds: HardwareDocument.Entry<HardwareDocument.Range>?
  var tokenPairSeconds: HardwareDocument.Entry<HardwareDocument.Range>?
  var onChipBytesPerSecond: HardwareDocument.Entry<HardwareDocument.Range>?
  var learned: [Size]

  struct Size: Encodable {
    var tokens: Int
    var channels: Int
  }

  init(_ kernel: KernelConstants) {
    source = kernel.source
    version = kernel.version.isEmpty ? nil : kernel.version
    operation = kernel.operation
    latencySeconds = .init(kernel.latency, Self.seconds)
    efficiency = kernel.efficiency.map { .init($0, HardwareDocument.Range.init) }
    tokenSeconds = kernel.tokenTime.map { .init($0, Self.seconds) }
    tokenPairSeconds = kernel.tokenPairTime.map { .init($0, Self.seconds) }
    onChipBytesPerSecond = kernel.onChipRate.map { rate in
      .init(rate) { .init(low: $0.low.value, expected: $0.expected.value, high: $0.high.value) }
    }
    learned = kernel.learned.map { Size(tokens: $0.tokens, channels: $0.channels) }
  }

  private static func seconds(_ estimate: Estimate<Seconds>) -> HardwareDocument.Range {
    HardwareDocument.Range(low: estimate.low.value, expected: estimate.expected.value, high: estimate.high.value)
  }
}
