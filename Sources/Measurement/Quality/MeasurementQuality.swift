public import CostModel
import Quantities

/// Whether samples are worth being called a measurement: pure functions of the samples.
public enum MeasurementQuality {
  /// A probe whose middle half of samples spreads by more than this, in parts of the median, is noisy.
  public static let noisySpread = 0.1
  /// A median spread of all probes above this is no measurement.
  static let refusedMedianSpread = 0.25
  /// A quarter of the probes above this is none either.
  static let refusedQuarterSpread = 0.5
  /// Fractions of processor time, of others or stolen, above which a machine is busy.
  static let busyFraction = 0.05
  /// A first sample so many times the median of the others is slow.
  static let slowFirstRun = 1.5
  /// Fractions of probes or samples that are worth a line.
  static let worthTelling = 0.02

  /// A sample is far from the median if its distance is more than so many median absolute deviations.
  ///
  /// The modified z-score of Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993), with ten standard deviations
  /// of a normal distribution, whose deviation is 1.4826 times the median absolute one.
  static let outlierDeviations = 10 * 1.4826

  /// The warnings that samples and load give rise to.
  public static func warnings(
    _ timings: [Measurement.Timing], load: ProcessorLoad?, identity: MachineIdentity
  ) -> [MeasurementWarning] {
    var warnings: [MeasurementWarning] = []
    if let load, load.others > busyFraction { warnings.append(.busy(others: load.others)) }
    if let load, load.stolen > busyFraction { warnings.append(.stolen(load.stolen)) }
    let noisy = timings.filter { $0.samples.spread > noisySpread }
    if isWorthTelling(noisy.count, of: timings.count),
      let worst = noisy.max(by: { $0.samples.spread < $1.samples.spread })
    {
      warnings.append(
        .noisy(probes: noisy.count, of: timings.count, worst: worst.label, spread: worst.samples.spread))
    }
    let samples = timings.reduce(0) { $0 + $1.samples.values.count }
    let outliers = timings.reduce(0) { $0 + Self.outliers($1.samples) }
    if isWorthTelling(outliers, of: samples) { warnings.append(.outliers(samples: outliers, of: samples)) }
    let slow = timings.count { hasSlowFirstRun($0.samples) }
    if isWorthTelling(slow, of: timings.count) { warnings.append(.slowFirstRuns(probes: slow, of: timings.count)) }
    if identity.openBLAS == nil { warnings.append(.noOpenBLAS) }
    if identity.caches.isEmpty { warnings.append(.cachesUnknown) }
    return warnings
  }

  /// Refuses what is too noisy.
  /// - Throws: ``MeasurementError/tooNoisy(_:)`` with the spreads.
  public static func check(_ timings: [Measurement.Timing]) throws(MeasurementError) {
    let spreads = timings.sorted { $0.samples.spread < $1.samples.spread }
    guard let worst = spreads.last else { return }
    let median = spreads[spreads.count / 2].samples.spread
    let quarter = spreads[spreads.count * 3 / 4].samples.spread
    guard median > refusedMedianSpread || quarter > refusedQuarterSpread else { return }
    throw .tooNoisy(
      "the middle half of the samples spreads by \(percent(median)) in half of the probes (at most "
        + "\(percent(refusedMedianSpread))), by \(percent(quarter)) in a quarter of them (at most "
        + "\(percent(refusedQuarterSpread))), by \(percent(worst.samples.spread)) in '\(worst.label)'")
  }

  /// How many samples lie far from the median.
  static func outliers(_ samples: Samples) -> Int {
    let median = samples.median.value
    let deviations = Samples(samples.values.map { .init(max(1e-15, ($0.value - median).magnitude)) })
    guard let deviation = deviations?.median.value else { return 0 }
    // Samples that agree to the clock's resolution have no deviation to count in.
    let unit = max(deviation, 0.001 * median)
    return samples.values.count { ($0.value - median).magnitude > outlierDeviations * unit }
  }

  /// Whether the first sample is far slower than the others.
  static func hasSlowFirstRun(_ samples: Samples) -> Bool {
    guard samples.values.count >= 3, let others = Samples(Array(samples.values.dropFirst())) else { return false }
    return samples.values[0] / others.median > slowFirstRun
  }

  private static func isWorthTelling(_ count: Int, of all: Int) -> Bool {
    Double(count) > worthTelling * Double(all)
  }
}
