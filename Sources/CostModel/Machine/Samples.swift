public import Quantities

/// Repeated measurements of one time, in the order in which they were taken.
public struct Samples: Hashable, Sendable {
  /// The measured times: at least one, each finite and above zero.
  public let values: [Seconds]
  /// The times in rising order.
  private let sorted: [Double]

  /// The samples; nil where there is none, or one is not a positive finite number.
  public init?(_ values: [Seconds]) {
    guard !values.isEmpty, values.allSatisfy({ $0.value > 0 && $0.value.isFinite }) else { return nil }
    self.values = values
    sorted = values.map(\.value).sorted()
  }

  /// The middle sample, or the mean of the two in the middle.
  public var median: Seconds { quantile(0.5) }
  /// The shortest time.
  public var least: Seconds { Seconds(sorted[0]) }
  /// The longest time.
  public var most: Seconds { Seconds(sorted[sorted.count - 1]) }

  /// The interquartile range over the median: 0 for samples that agree.
  ///
  /// Half of the samples lie within it, so a few that were disturbed do not move it.
  public var spread: Double { (quantile(0.75) - quantile(0.25)) / median }

  /// The time below which a fraction of the samples lies, linear between neighbours.
  ///
  /// Type 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages (The American Statistician 50, 1996).
  ///
  /// - Parameter fraction: 0 to 1; outside it, the nearest end.
  /// - Returns: the time.
  public func quantile(_ fraction: Double) -> Seconds {
    let place = min(max(fraction, 0), 1) * Double(sorted.count - 1)
    let index = min(Int(place), sorted.count - 1)
    let next = min(index + 1, sorted.count - 1)
    return Seconds(sorted[index] + (sorted[next] - sorted[index]) * (place - Double(index)))
  }
}
