/// Where one number of a profile comes from.
public struct Provenance: Hashable, Sendable {
  /// The number's place in the profile's file: `memory.efficiency`.
  public var key: String
  /// How it is known.
  public var kind: SourceKind
  /// The document, the measurement or the argument behind it.
  public var source: String

  /// The kind and source of the number at `key`.
  public init(_ key: String, _ number: Sourced<some Hashable & Sendable>) {
    self.key = key
    kind = number.kind
    source = number.source
  }
}

extension Hardware {
  /// Every number's kind and source, in the order of the file.
  public var provenance: [Provenance] {
    var list = [
      Provenance("memory.capacityBytes", memoryCapacity),
      Provenance("memory.bandwidthBytesPerSecond", memoryBandwidth),
      Provenance("memory.efficiency", memoryEfficiency),
      Provenance("memory.writeAllocate", hasWriteAllocate),
    ]
    for format in MatrixFormat.allCases {
      guard let peak = matrixPeak[format] else { continue }
      list.append(Provenance("matrix.peakFLOPsPerSecond.\(format.rawValue)", peak))
    }
    list += [
      Provenance("matrix.efficiency", matrixEfficiency),
      Provenance("matrix.attentionEfficiency", attentionEfficiency),
      Provenance("vector.peakFLOPsPerSecond", vectorPeak),
      Provenance("kernelLatencySeconds", kernelLatency),
    ]
    guard let interconnect else { return list }
    list.append(Provenance("interconnect.bandwidthBytesPerSecond", interconnect.bandwidth))
    if let link = interconnect.linkBandwidth { list.append(Provenance("interconnect.linkBytesPerSecond", link)) }
    return list + [
      Provenance("interconnect.devices", interconnect.devices),
      Provenance("interconnect.networkBytesPerSecond", interconnect.networkBandwidth),
      Provenance("interconnect.efficiency", interconnect.efficiency),
      Provenance("interconnect.latencySeconds", interconnect.latency),
      Provenance("interconnect.networkEfficiency", interconnect.networkEfficiency),
      Provenance("interconnect.networkLatencySeconds", interconnect.networkLatency),
    ]
  }
}
