import CostModel
import Messages
import Quantities

/// The format of hardware profiles, `mhc-plan/hardware/1`.
///
/// Sizes and rates carry their unit in the key; every number is an object with its kind and source.
enum HardwareProfile {
  /// The value of `schema`.
  static let schema = "mhc-plan/hardware/1"

  /// The device that a document describes, and the rates that were measured on it.
  static func read(_ reader: ObjectReader) throws(ProfileError) -> (hardware: Hardware, rates: MachineRates?) {
    _ = try reader.string("schema", oneOf: [schema])
    // A document printed by the program is a profile too; these are what it adds.
    reader.ignore(["request", "assumptions", "excluded"])
    // Texts of a file reach the terminal: nothing in them may steer it.
    let name = singleLine(try reader.string("name", limit: 100))
    let title = singleLine(try reader.string("title"))

    let memory = try reader.object("memory")
    let capacity = try memory.sourcedInt("capacityBytes", in: HardwareLimits.capacityBytes)
    let bandwidth = try memory.sourcedDouble("bandwidthBytesPerSecond", in: HardwareLimits.bytesPerSecond)
    let memoryEfficiency = try memory.sourcedEstimate("efficiency", in: HardwareLimits.efficiency)
    let hasWriteAllocate = try memory.sourcedBool("writeAllocate")
    try memory.finish()

    let matrix = try reader.object("matrix")
    let peaks = try matrixPeaks(try matrix.object("peakFLOPsPerSecond"))
    let matrixEfficiency = try matrix.sourcedEstimate("efficiency", in: HardwareLimits.efficiency)
    let attentionEfficiency = try matrix.sourcedEstimate("attentionEfficiency", in: HardwareLimits.efficiency)
    try matrix.finish()

    let vector = try reader.object("vector")
    let vectorPeak = try vector.sourcedDouble("peakFLOPsPerSecond", in: HardwareLimits.flopsPerSecond)
    try vector.finish()

    let latency = try reader.sourcedEstimate("kernelLatencySeconds", in: HardwareLimits.kernelLatencySeconds)
    let interconnect = try interconnect(try reader.optionalObject("interconnect"))
    let kernels = try KernelSection.read(reader)
    var rates: MachineRates?
    if let section = try reader.optionalObject("measurement") { rates = try MeasurementSection.read(section) }
    try reader.finish()

    let hardware = Hardware(
      name: name, title: title, memoryCapacity: capacity.map { Bytes($0) },
      memoryBandwidth: bandwidth.map { BytesPerSecond($0) }, memoryEfficiency: memoryEfficiency,
      hasWriteAllocate: hasWriteAllocate, matrixPeak: peaks, matrixEfficiency: matrixEfficiency,
      attentionEfficiency: attentionEfficiency, vectorPeak: vectorPeak.map { FLOPsPerSecond($0) },
      kernelLatency: latency.map(seconds),
      interconnect: interconnect, kernels: kernels)
    return (hardware, rates)
  }

  private static func matrixPeaks(
    _ reader: ObjectReader
  ) throws(ProfileError) -> [MatrixFormat: Sourced<FLOPsPerSecond>] {
    var peaks: [MatrixFormat: Sourced<FLOPsPerSecond>] = [:]
    // bf16 has to be there: it is what a plan computes in unless told otherwise.
    for format in MatrixFormat.allCases where format == .bfloat16 || reader.has(format.rawValue) {
      let peak = try reader.sourcedDouble(format.rawValue, in: HardwareLimits.flopsPerSecond)
      peaks[format] = peak.map { FLOPsPerSecond($0) }
    }
    try reader.finish()
    return peaks
  }

  private static func interconnect(_ reader: ObjectReader?) throws(ProfileError) -> Interconnect? {
    guard let reader else { return nil }
    let name = singleLine(try reader.string("name", limit: 100))
    let bandwidth = try reader.sourcedDouble("bandwidthBytesPerSecond", in: HardwareLimits.bytesPerSecond)
    let devices = try reader.sourcedInt("devices", in: HardwareLimits.devices)
    let network = try reader.sourcedDouble("networkBytesPerSecond", in: HardwareLimits.bytesPerSecond)
    var interconnect = Interconnect(
      name: name, bandwidth: bandwidth.map { BytesPerSecond($0) }, devices: devices,
      networkBandwidth: network.map { BytesPerSecond($0) })
    // What one device can send to one other; all of it where the profile does not say, as behind a switch.
    if reader.has("linkBytesPerSecond") {
      let link = try reader.sourcedDouble(
        "linkBytesPerSecond", in: HardwareLimits.bytesPerSecond.lowerBound...bandwidth.value)
      interconnect.linkBandwidth = link.map { BytesPerSecond($0) }
    }
    // Profiles of before messages were timed have none of these four.
    if reader.has("efficiency") {
      interconnect.efficiency = try reader.sourcedEstimate("efficiency", in: HardwareLimits.efficiency)
    }
    if reader.has("latencySeconds") {
      let latency = try reader.sourcedEstimate("latencySeconds", in: HardwareLimits.messageLatencySeconds)
      interconnect.latency = latency.map(seconds)
    }
    if reader.has("networkEfficiency") {
      interconnect.networkEfficiency = try reader.sourcedEstimate("networkEfficiency", in: HardwareLimits.efficiency)
    }
    if reader.has("networkLatencySeconds") {
      let latency = try reader.sourcedEstimate("networkLatencySeconds", in: HardwareLimits.messageLatencySeconds)
      interconnect.networkLatency = latency.map(seconds)
    }
    try reader.finish()
    return interconnect
  }

  private static func seconds(_ range: Estimate<Double>) -> Estimate<Seconds> {
    Estimate(low: Seconds(range.low), expected: Seconds(range.expected), high: Seconds(range.high))
  }
}
