public import CostModel
import Messages
import Quantities

extension Calibration {
  /// A device's profile with the constants learned here in place of its own.
  ///
  /// η and t0 of the whole device become the range over the kernels that bandwidth binds, their error bars included:
  /// what a plan then expects of a connection's kernels is what they were seen to do.
  ///
  /// - Parameters:
  ///   - hardware: the device's profile.
  ///   - file: where the times are from, for the sources.
  /// - Returns: the profile.
  public func applied(to hardware: Hardware, file: String) -> Hardware {
    var device = hardware
    let from = "fitted to \(kernels.map(\.rows.count).reduce(0, +)) times of \(shortened(file, to: 200))"
    device.kernels = kernels.map { constants($0, source: from) }
    let bandwidthBound = kernels.filter { $0.law.form == .streaming }
    let efficiencies = bandwidthBound.compactMap { $0.law.efficiency.map { Self.range($0, within: 0.001...1) } }
    if let range = Self.over(efficiencies) { device.memoryEfficiency = Sourced(range, kind: .measured, source: from) }
    let latencies = bandwidthBound.map { Self.range($0.latency, within: 0...1) }
    if let range = Self.over(latencies) {
      device.kernelLatency = Sourced(Self.seconds(range), kind: .measured, source: from)
    }
    return device
  }

  private func constants(_ kernel: CalibratedKernel, source: String) -> KernelConstants {
    func sourced<Value>(_ estimate: Estimate<Value>) -> Sourced<Estimate<Value>> {
      Sourced(estimate, kind: .measured, source: "\(source): \(kernel.rows.count) rows, ± two standard errors")
    }
    let law = kernel.law
    var constants = KernelConstants(
      source: kernel.family.source, version: kernel.family.version, operation: kernel.family.operation.rawValue,
      latency: sourced(Self.seconds(Self.range(kernel.latency, within: 0...1))),
      efficiency: law.efficiency.map { sourced(Self.range($0, within: 0.001...1)) },
      learned: kernel.rows.map { .init(tokens: $0.tokens, channels: $0.channels) })
    if let pair = law.pairLimit {
      constants.tokenPairTime = sourced(Self.seconds(Self.range(pair, within: 0...1)))
    }
    guard let limit = law.limit else { return constants }
    if law.form != .serial {
      let rate = Self.range(limit, within: 1...1e18)
      constants.onChipRate = sourced(
        Estimate(
          low: BytesPerSecond(rate.low), expected: BytesPerSecond(rate.expected), high: BytesPerSecond(rate.high)))
    } else {
      constants.tokenTime = sourced(Self.seconds(Self.range(limit, within: 0...1)))
    }
    return constants
  }

  /// Two standard errors to each side, kept within what a profile takes.
  private static func range(_ constant: KernelLaw.Constant, within bounds: ClosedRange<Double>) -> Estimate<Double> {
    func clamped(_ value: Double) -> Double { min(max(value, bounds.lowerBound), bounds.upperBound) }
    let error = 2 * (constant.error ?? 0)
    return Estimate(
      low: clamped(constant.value - error), expected: clamped(constant.value), high: clamped(constant.value + error))
  }

  private static func over(_ ranges: [Estimate<Double>]) -> Estimate<Double>? {
    guard let low = ranges.map(\.low).min(), let high = ranges.map(\.high).max() else { return nil }
    return Estimate(low: low, expected: median(ranges.map(\.expected)), high: high)
  }

  private static func seconds(_ range: Estimate<Double>) -> Estimate<Seconds> {
    Estimate(low: Seconds(range.low), expected: Seconds(range.expected), high: Seconds(range.high))
  }
}

extension EvidenceModel {
  /// The laws of a profile with kernel constants, on that device alone.
  ///
  /// - Parameters:
  ///   - hardware: the profile.
  ///   - known: the same device in the evidence's table, for other names and the number of its multiprocessors.
  ///   - file: the profile, for messages.
  /// - Throws: `EvidenceError` for a profile without such constants, or of an operation that is not known.
  public init(_ hardware: Hardware, like known: Device?, file: String) throws(EvidenceError) {
    guard !hardware.kernels.isEmpty else {
      throw EvidenceError(
        file: file, column: "kernels",
        problem: "expected the constants of kernels, as calibrate writes them, found none")
    }
    var laws: [KernelFamily: KernelLaw] = [:]
    for kernel in hardware.kernels {
      guard let operation = TimedOperation(rawValue: kernel.operation) else {
        let known = TimedOperation.allCases.map(\.rawValue).joined(separator: ", ")
        throw EvidenceError(
          file: file, column: "operation",
          problem: "expected one of \(known), found '\(shortened(kernel.operation, to: 200))'")
      }
      let family = KernelFamily(source: kernel.source, version: kernel.version, operation: operation)
      let limit = kernel.onChipRate?.value.expected.value ?? kernel.tokenTime?.value.expected.value
      laws[family] = KernelLaw(
        form: LawForm.of(operation, source: kernel.source),
        latencies: [0: KernelLaw.Constant(kernel.latency.value.expected.value)],
        efficiency: kernel.efficiency.map { KernelLaw.Constant($0.value.expected) },
        limit: limit.map { KernelLaw.Constant($0) },
        pairLimit: kernel.tokenPairTime.map { KernelLaw.Constant($0.value.expected.value) },
        samples: kernel.learned.count)
    }
    self.init(laws: laws, devices: DeviceTable([Device(hardware, like: known)]))
  }
}

extension Device {
  /// The device of a profile: its printed bandwidth, its on-chip rates in bytes a second.
  ///
  /// - Parameters:
  ///   - hardware: the profile.
  ///   - known: the same device in the evidence's table, for other names and the number of its multiprocessors.
  public init(_ hardware: Hardware, like known: Device? = nil) {
    self.init(
      name: hardware.name, aliases: known?.aliases ?? [], bandwidth: hardware.memoryBandwidth.value,
      multiprocessors: known?.multiprocessors ?? 1, cyclesPerSecond: 1, source: hardware.memoryBandwidth.source)
  }
}

extension KernelConstants {
  /// Whether a row is among those the constants were learned on.
  public func learned(_ row: Measurement) -> Bool {
    let family = KernelFamily(of: row)
    return source == family.source && version == family.version && operation == family.operation.rawValue
      && learned.contains(Size(tokens: row.tokens, channels: row.channels))
  }
}
