import CostModel
public import Quantities

/// A rate of the profile that can be measured again at once, to see how the machine has moved since.
public struct Anchor {
  /// Which part of the machine it speaks for.
  public enum Part: String, CaseIterable, Hashable, Sendable {
    /// Vector code on registers: the clock and what is left of the core.
    case core
    /// The last cache.
    case cache = "last cache"
    /// Memory beyond the caches.
    case memory
    /// The same, stored past the caches: beside ``memory`` it shows whether an ordinary store reads its line first.
    case streaming = "streaming stores"
  }

  /// The part.
  public var part: Part
  /// Threads that share the work.
  public var threads: Int
  /// What the profile says it takes.
  public var expected: Seconds
  /// Does the work once; nil where the threads did not start together.
  public var run: () -> Seconds?

  /// A rate to measure again.
  public init(_ part: Part, threads: Int, expected: Seconds, run: @escaping () -> Seconds?) {
    (self.part, self.threads, self.expected, self.run) = (part, threads, expected, run)
  }
}

/// How much longer each part of the machine takes now than when its profile was measured.
///
/// A shared machine drifts: neighbours take bandwidth, the clock falls. The anchors are probes, never layers. They are
/// measured before every round of a row, and the round is predicted with the middle of the last `window` measurements.
public struct Drift: Hashable, Sendable {
  /// Time now over time then; 1 for a part that is not watched.
  public private(set) var factors: [Anchor.Part: Double]
  /// The same by the middle of an anchor's runs, which is what a profile holds of its samples, and not by the quickest.
  public private(set) var middles: [Anchor.Part: Double]

  /// Measurements that a drift is the middle of.
  static let window = 9

  /// No drift.
  public static let none = Drift(factors: [:])

  /// A drift of these factors.
  public init(factors: [Anchor.Part: Double]) { (self.factors, middles) = (factors, factors) }

  /// A few runs of each anchor for so many threads.
  ///
  /// The quickest counts for predictions of what is in a core or a cache: a time of twice as long is two threads on one
  /// processor, or lines that were still in memory. Memory is run once; `window` tells drift from noise.
  public init(_ anchors: [Anchor], threads: Int, runs: Int = 3) {
    (factors, middles) = ([:], [:])
    for anchor in anchors where anchor.threads == threads && anchor.expected.value > 0 {
      let times = (0..<([.memory, .streaming].contains(anchor.part) ? 1 : runs)).compactMap { _ in anchor.run()?.value }
      let sorted = times.map { $0 / anchor.expected.value }.sorted()
      guard let least = sorted.first else { continue }
      (factors[anchor.part], middles[anchor.part]) = (least, sorted[sorted.count / 2])
    }
  }

  /// The factor of arithmetic.
  var core: Double { factors[.core] ?? 1 }

  /// The factor at a reuse distance: the core's within the private caches, memory's beyond twice the last cache, the
  /// last cache's at a quarter of it, linear in the logarithm between.
  func factor(distance: Double, privateBytes: Double, lastBytes: Double) -> Double {
    guard privateBytes > 0, lastBytes > privateBytes else { return factors[.memory] ?? 1 }
    let points = [
      (privateBytes, core), (max(lastBytes / 4, privateBytes * 1.01), factors[.cache] ?? 1),
      (2 * lastBytes, factors[.memory] ?? 1),
    ].map { (Self.log2($0.0), $0.1) }
    let at = Self.log2(max(distance, 1))
    if at <= points[0].0 { return points[0].1 }
    for (low, high) in zip(points, points.dropFirst()) where at <= high.0 {
      return low.1 + (high.1 - low.1) * (at - low.0) / (high.0 - low.0)
    }
    return points[2].1
  }

  /// The exponent and the significand's linear part: within 0.09 of the logarithm, and continuous.
  private static func log2(_ value: Double) -> Double { Double(value.exponent) + value.significand - 1 }

  /// Part by part the middle of several: what lasts is drift, what passes is noise.
  init(middle drifts: ArraySlice<Drift>) {
    func middle(_ values: KeyPath<Drift, [Anchor.Part: Double]>) -> [Anchor.Part: Double] {
      var result: [Anchor.Part: Double] = [:]
      for part in Anchor.Part.allCases {
        let sorted = drifts.compactMap { $0[keyPath: values][part] }.sorted()
        if !sorted.isEmpty { result[part] = sorted[sorted.count / 2] }
      }
      return result
    }
    (factors, middles) = (middle(\.factors), middle(\.middles))
  }
}
