import Quantities

/// The constants of one kernel family's law, and their standard errors.
public struct KernelLaw: Hashable, Sendable {
  /// Which law it is.
  public var form: LawForm
  /// t0 of one call in seconds, by generation of devices.
  public var latencies: [Int: Constant]
  /// η; nil in a law without bytes.
  public var efficiency: Constant?
  /// τ in seconds, or ρ in bytes a cycle; nil where the form has none, or nothing showed it.
  public var limit: Constant?
  /// Rows it was fitted to.
  public var samples: Int
  /// Root mean square of the relative residuals of those rows.
  public var spread: Double

  /// A fitted number.
  public struct Constant: Hashable, Sendable {
    /// The number.
    public var value: Double
    /// Its standard error from the fit; nil where there were no more rows than constants, or it was given.
    public var error: Double?

    /// A number and its standard error.
    public init(_ value: Double, error: Double? = nil) {
      self.value = value
      self.error = error
    }
  }

  /// Constants given rather than fitted.
  public init(
    form: LawForm, latencies: [Int: Constant], efficiency: Constant?, limit: Constant? = nil, samples: Int = 0,
    spread: Double = 0
  ) {
    self.form = form
    self.latencies = latencies
    self.efficiency = efficiency
    self.limit = limit
    self.samples = samples
    self.spread = spread
  }

  /// t0 of a generation; that of the nearest where its own was not learned, the older of two.
  func latency(ofGeneration generation: Int) -> Double {
    let nearest = latencies.keys.min { (abs($0 - generation), $0) < (abs($1 - generation), $1) }
    return nearest.flatMap { latencies[$0]?.value } ?? 0
  }

  /// The time of one call.
  func seconds(_ sample: LawSample) -> Double {
    let perByte = efficiency.map { 1 / $0.value } ?? 0
    return latency(ofGeneration: sample.generation) + sample.freeSeconds * perByte
      + max(sample.limitedSeconds * perByte, limitSeconds(sample))
  }

  /// What the limit alone would take.
  func limitSeconds(_ sample: LawSample) -> Double {
    guard let limit else { return 0 }
    return sample.limitWork * (form == .onChip ? 1 / limit.value : limit.value)
  }
}

/// One measured call in the terms of a law.
struct LawSample {
  /// The device's generation.
  var generation: Int
  /// Bytes / B that only bandwidth binds.
  var freeSeconds: Double
  /// Bytes / B that the limit binds too.
  var limitedSeconds: Double
  /// T, or bytes / S.
  var limitWork: Double
  /// What was measured for one call.
  var seconds: Double

  init(_ work: KernelWork, device: Device, form: LawForm, seconds: Double = 1) {
    let bandwidth = device.bandwidth.value
    generation = device.generation
    self.seconds = seconds
    switch form {
    case .streaming:
      (freeSeconds, limitedSeconds, limitWork) = (work.bytes / bandwidth, 0, 0)
    case .serial:
      (freeSeconds, limitedSeconds, limitWork) = (0, work.bytes / bandwidth, work.tokens)
    case .latency:
      (freeSeconds, limitedSeconds, limitWork) = (0, 0, work.tokens)
    case .onChip:
      freeSeconds = work.otherBytes / bandwidth
      limitedSeconds = work.matrixBytes / bandwidth
      limitWork = device.cyclesPerSecond.map { work.matrixBytes / $0 } ?? 0
    }
  }
}
