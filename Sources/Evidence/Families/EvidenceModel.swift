public import Quantities

/// The laws of all kernel families, learned from measured rows.
public struct EvidenceModel: Sendable {
  /// The laws.
  public private(set) var laws: [KernelFamily: KernelLaw] = [:]
  /// Laws of `pre` and `post` over all engines, for one that was not learned.
  private var pooled: [TimedOperation: KernelLaw] = [:]
  /// The devices that rows may name.
  public var devices: DeviceTable

  /// A model of given laws.
  public init(laws: [KernelFamily: KernelLaw], devices: DeviceTable) {
    self.laws = laws
    self.devices = devices
  }

  /// Learns from rows, all of whose systems are known.
  ///
  /// `pre` moves its bytes at the efficiency that `post` of the same engine reached: the memory is the same. What is
  /// learned from `pre` itself is its launches and what binds the projection on chip.
  ///
  /// - Parameters:
  ///   - rows: the learned side; every family that they determine gets a law.
  ///   - devices: the devices they name.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public init(learningFrom rows: [Measurement], devices: DeviceTable) throws(OverflowError) {
    self.devices = devices
    let families = Dictionary(grouping: rows, by: KernelFamily.init(of:))
    // `post` before `pre`, which takes its efficiency.
    for (family, rows) in families.sorted(by: { $0.key < $1.key }) where family.operation != .pre {
      laws[family] = try fit(rows, family.source, family.operation, efficiency: nil)
    }
    for (family, rows) in families.sorted(by: { $0.key < $1.key }) where family.operation == .pre {
      let memory = laws[KernelFamily(source: family.source, operation: .post)]?.efficiency
      laws[family] = try fit(rows, family.source, .pre, efficiency: memory)
    }
    for operation in [TimedOperation.post, .pre] {
      let all = rows.filter { $0.operation == operation }
      pooled[operation] = try fit(all, "", operation, efficiency: pooled[.post]?.efficiency)
    }
  }

  private func fit(
    _ rows: [Measurement], _ source: String, _ operation: TimedOperation, efficiency: KernelLaw.Constant?
  ) throws(OverflowError) -> KernelLaw? {
    let form = LawForm.of(operation, source: source)
    var samples: [LawSample] = []
    for row in rows {
      guard let device = devices.device(named: row.system) else { continue }
      let seconds = row.time.value / Double(operation.calls)
      samples.append(LawSample(try KernelWork(row), device: device, form: form, seconds: seconds))
    }
    return LawFit.fit(samples, form: form, efficiency: operation == .pre ? efficiency : nil)
  }

  /// The time of a row by its family's law; nil for a family or a device that is not known.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func prediction(_ row: Measurement) throws(OverflowError) -> Prediction? {
    guard let device = devices.device(named: row.system), let law = law(for: row, on: device) else { return nil }
    let sample = LawSample(try KernelWork(row), device: device, form: law.form)
    let calls = Double(row.operation.calls)
    return Prediction(
      time: Seconds(calls * law.seconds(sample)), latency: calls * law.latency(ofGeneration: device.generation),
      isLimitBound: law.limitSeconds(sample) > (law.efficiency.map { sample.limitedSeconds / $0.value } ?? 0))
  }

  /// What a law says of a row.
  public struct Prediction: Hashable, Sendable {
    /// The time, of as many calls as the row has.
    public var time: Seconds
    /// The part of it that is launches, in seconds.
    public var latency: Double
    /// Whether something else than bandwidth binds the part that can be bound so.
    public var isLimitBound: Bool
  }

  /// The law of the row's family: of the same version, of the newest other one, or of all engines together.
  private func law(for row: Measurement, on device: Device) -> KernelLaw? {
    let family = KernelFamily(of: row)
    let others = laws.keys.filter { $0.source == family.source && $0.operation == family.operation }.sorted()
    guard var law = laws[family] ?? others.last.flatMap({ laws[$0] }) ?? pooled[row.operation] else { return nil }
    if row.operation == .pre, let bytesPerCycle = VectorProjection.bytesPerCycle(row, on: device) {
      law.limit = KernelLaw.Constant(bytesPerCycle)
    }
    return law
  }
}
