public import Quantities

/// How much time is given to a measurement.
public enum Effort: String, CaseIterable, Hashable, Sendable {
  /// Under 15 s on two cores.
  case quick
  /// Under 3 minutes on two cores.
  case full

  /// The time of one sample, about.
  public var sample: Seconds { Seconds(self == .quick ? 1.5e-3 : 5e-3) }
  /// The fewest samples of each probe.
  public var leastRounds: Int { 5 }
  /// The most samples of each probe.
  public var mostRounds: Int { self == .quick ? 15 : 25 }
  /// After this time no further round begins, once the fewest are done.
  public var budget: Seconds { Seconds(self == .quick ? 11 : 140) }
}
