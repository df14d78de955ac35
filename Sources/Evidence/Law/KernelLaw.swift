/// The constants of one kernel family's law, and their standard errors.
public struct KernelLaw: Hashable, Sendable {
  /// Which law it is.
  public var form: LawForm
  /// t0 of one call in seconds, by generation of devices.
  public var latencies: [Int: Constant]
  /// η; nil in a law without bytes.
  public var efficiency: Constant?
  /// ρ in bytes a cycle, or τ₁ in seconds; nil where the form has none, or nothing showed it.
  public var limit: Constant?
  /// τ₂ in seconds; nil where the form has none, or nothing showed it.
  public var pairLimit: Constant?
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
    form: LawForm, latencies: [Int: Constant], efficiency: Constant?, limit: Constant? = nil,
    pairLimit: Constant? = nil, samples: Int = 0, spread: Double = 0
  ) {
    self.form = form
    self.latencies = latencies
    self.efficiency = efficiency
    self.limit = limit
    self.pairLimit = pairLimit
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
    guard form == .serial else { return limit.map { sample.limitWork / $0.value } ?? 0 }
    // What was seen only alone, or only in pairs, stands for the other: a pair is a little more than one.
    let alone = limit ?? pairLimit
    let pair = pairLimit ?? limit
    return sample.limitWork * (alone?.value ?? 0) + sample.pairWork * (pair?.value ?? 0)
  }
}
