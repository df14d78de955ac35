import CostModel
import Quantities

/// One device: the profile format itself, so that what is printed can be read again.
struct HardwareDocument: ResultDocument {
  static let command = "hardware"
  static let version = 1

  var request: Request
  var assumptions: [String]
  var excluded: [String]
  var name: String
  var title: String
  var memory: Memory
  var matrix: Matrix
  var vector: Vector
  var kernelLatencySeconds: Entry<Range>
  var interconnect: Link?
  var kernels: [KernelEntry]?
  var measurement: MeasurementResult?

  init(_ hardware: Hardware, request name: String) {
    self.init(hardware, request: Request(hardware: name))
  }

  init(_ hardware: Hardware, rates: MachineRates? = nil, request: Request) {
    self.request = request
    measurement = rates.map { MeasurementResult($0) }
    assumptions = hardware.provenance.filter { $0.kind == .assumed }.map { "\($0.key): \($0.source)" }
    excluded = ["efficiencies by size and shape of an operation: one range stands for all of them"]
    self.name = hardware.name
    title = hardware.title
    memory = Memory(
      capacityBytes: Entry(hardware.memoryCapacity) { Single(value: $0.count) },
      bandwidthBytesPerSecond: Entry(hardware.memoryBandwidth) { Single(value: $0.value) },
      efficiency: Entry(hardware.memoryEfficiency, Range.init),
      writeAllocate: Entry(hardware.hasWriteAllocate) { Single(value: $0) })
    matrix = Matrix(
      peakFLOPsPerSecond: Dictionary(
        uniqueKeysWithValues: hardware.matrixPeak.map { format, peak in
          (format.rawValue, Entry(peak) { Single(value: $0.value) })
        }),
      efficiency: Entry(hardware.matrixEfficiency, Range.init),
      attentionEfficiency: Entry(hardware.attentionEfficiency, Range.init))
    vector = Vector(peakFLOPsPerSecond: Entry(hardware.vectorPeak) { Single(value: $0.value) })
    kernelLatencySeconds = Entry(hardware.kernelLatency, Range.init)
    interconnect = hardware.interconnect.map {
      Link(
        name: $0.name, bandwidthBytesPerSecond: Entry($0.bandwidth) { Single(value: $0.value) },
        linkBytesPerSecond: $0.linkBandwidth.map { Entry($0) { Single(value: $0.value) } },
        devices: Entry($0.devices) { Single(value: $0) },
        networkBytesPerSecond: Entry($0.networkBandwidth) { Single(value: $0.value) },
        efficiency: Entry($0.efficiency, Range.init), latencySeconds: Entry($0.latency, Range.init),
        networkEfficiency: Entry($0.networkEfficiency, Range.init),
        networkLatencySeconds: Entry($0.networkLatency, Range.init))
    }
    if !hardware.kernels.isEmpty { kernels = hardware.kernels.map(KernelEntry.init) }
  }

  /// What was asked for: a device by name, or this machine.
  struct Request: Encodable {
    var hardware: String?
    var effort: String?
    var threads: Int?
  }

  struct Memory: Encodable {
    var capacityBytes: Entry<Single<Int>>
    var bandwidthBytesPerSecond: Entry<Single<Double>>
    var efficiency: Entry<Range>
    var writeAllocate: Entry<Single<Bool>>
  }

  struct Matrix: Encodable {
    var peakFLOPsPerSecond: [String: Entry<Single<Double>>]
    var efficiency: Entry<Range>
    var attentionEfficiency: Entry<Range>
  }

  struct Vector: Encodable {
    var peakFLOPsPerSecond: Entry<Single<Double>>
  }

  struct Link: Encodable {
    var name: String
    var bandwidthBytesPerSecond: Entry<Single<Double>>
    var linkBytesPerSecond: Entry<Single<Double>>?
    var devices: Entry<Single<Int>>
    var networkBytesPerSecond: Entry<Single<Double>>
    var efficiency: Entry<Range>
    var latencySeconds: Entry<Range>
    var networkEfficiency: Entry<Range>
    var networkLatencySeconds: Entry<Range>
  }

  struct Single<Value: Encodable>: Encodable {
    var value: Value
  }

  struct Range: Encodable {
    var low: Double
    var expected: Double
    var high: Double

    init(low: Double, expected: Double, high: Double) {
      self.low = low
      self.expected = expected
      self.high = high
    }

    init(_ estimate: Estimate<Double>) {
      self.init(low: estimate.low, expected: estimate.expected, high: estimate.high)
    }

    init(_ estimate: Estimate<Seconds>) {
      self.init(low: estimate.low.value, expected: estimate.expected.value, high: estimate.high.value)
    }
  }

  /// A number, or three, beside its kind and source: one flat object.
  struct Entry<Figure: Encodable>: Encodable {
    var figure: Figure
    var kind: SourceKind
    var source: String

    init<Value>(_ number: Sourced<Value>, _ figure: (Value) -> Figure) {
      self.figure = figure(number.value)
      kind = number.kind
      source = number.source
    }

    private enum CodingKeys: String, CodingKey { case kind, source }

    func encode(to encoder: any Encoder) throws {
      try figure.encode(to: encoder)
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(kind.rawValue, forKey: .kind)
      try container.encode(source, forKey: .source)
    }
  }
}
