/// What may have disturbed a measurement, and what to do about it.
public enum MeasurementWarning: Hashable, Sendable, CustomStringConvertible {
  /// Other processes took this fraction of the processors' time.
  case busy(others: Double)
  /// The hypervisor took this fraction of the processors' time.
  case stolen(Double)
  /// So many of all probes spread widely, the worst of them by so much.
  case noisy(probes: Int, of: Int, worst: String, spread: Double)
  /// So many of all samples lie far from the median of their probe.
  case outliers(samples: Int, of: Int)
  /// The first sample of so many probes was far slower than the others.
  case slowFirstRuns(probes: Int, of: Int)
  /// There is no OpenBLAS.
  case noOpenBLAS
  /// The system does not tell how large its caches are.
  case cachesUnknown

  /// One line: what was seen, and advice.
  public var description: String {
    switch self {
    case .busy(let others):
      "busy machine: other processes took \(percent(others)) of the processors' time; stop them and measure again"
    case .stolen(let fraction):
      "busy host: the hypervisor gave \(percent(fraction)) of the processors' time to other machines; measure again at "
        + "another time"
    case .noisy(let probes, let all, let worst, let spread):
      "noisy: the middle half of the samples spreads by more than \(percent(MeasurementQuality.noisySpread)) in "
        + "\(probes) of \(all) probes, by \(percent(spread)) in '\(worst)'; measure without --quick, or again"
    case .outliers(let samples, let all):
      "outliers: \(samples) of \(all) samples lie far from their median, which does not follow them; if there are "
        + "many, look for what runs now and then"
    case .slowFirstRuns(let probes, let all):
      "slow first runs: the first sample was far slower than the others in \(probes) of \(all) probes; the processor "
        + "may have been asleep or slowed down: measure again at once"
    case .noOpenBLAS:
      "OpenBLAS was not found, so that matrix products were not measured; on Debian and Ubuntu: apt-get install "
        + "libopenblas-dev"
    case .cachesUnknown:
      "the system does not tell the sizes of its caches; 32 KiB, 1 MiB and 32 MiB are assumed"
    }
  }

  /// Its name in documents.
  public var name: String {
    switch self {
    case .busy: "busy"
    case .stolen: "stolen"
    case .noisy: "noisy"
    case .outliers: "outliers"
    case .slowFirstRuns: "slow-first-runs"
    case .noOpenBLAS: "no-openblas"
    case .cachesUnknown: "caches-unknown"
    }
  }
}

/// `12.3 %`.
func percent(_ fraction: Double) -> String {
  guard fraction.isFinite, fraction.magnitude < 1e6 else { return "\(fraction)" }
  return "\((fraction * 1000).rounded() / 10) %"
}
