import CostModel
import Measurement
import Quantities

/// Rates of the rows that operations move, measured in turns with the operations.
///
/// A shared machine drifts by more than a model may be off, and no table has every mix of rows at every size. So what a
/// prediction asks for is measured when it is first asked for, and again in every round before the layer runs. Each is a
/// probe of loads, stores and multiply-adds; none runs a layer.
final class LiveRates {
  /// What is asked for.
  struct Question: Hashable {
    var movement: Movement
    var tokens: Int
    var threads: Int
  }

  /// What is walked for every token.
  enum Movement: Hashable {
    case rows(RowTraffic)
    case product(SkinnyProduct)

    /// Bytes of a token, each tensor counted once.
    var bytesOfToken: Int {
      switch self {
      case .rows(let traffic): traffic.bytesOfToken.count + 4 * traffic.sums
      case .product(let product): product.bytesOfToken.count + 4 * product.rows * (product.outputs + 1)
      }
    }

    /// Bytes of a token that stay in a cache.
    var cachedBytesOfToken: Int {
      switch self {
      case .rows(let traffic): traffic.cachedBytesOfToken.count
      case .product(let product): product.cachedBytesOfToken.count
      }
    }

    func probe(tokens: Int, threads: Int, buffer: ProbeBuffer) -> (any Probe)? {
      switch self {
      case .rows(let traffic): TrafficProbe(traffic, tokens: tokens, threads: threads, buffer: buffer)
      case .product(let product): SkinnyProbe(product, tokens: tokens, threads: threads, buffer: buffer)
      }
    }
  }

  private final class Series {
    let probe: any Probe
    let repetitions: Int
    var times: [Double] = []

    init?(_ probe: any Probe, sample: Double) {
      guard let repetitions = probe.repetitions(for: Seconds(sample)) else { return nil }
      (self.probe, self.repetitions) = (probe, repetitions)
    }

    func measure() {
      if let time = probe.run(repetitions: repetitions) { times.append(time.value / Double(repetitions)) }
    }

    /// The middle of all samples of a group's rounds.
    var median: Double? {
      let sorted = times.sorted()
      return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
  }

  private let buffer: ProbeBuffer
  private let sample: Double
  private var series: [Question: Series] = [:]
  /// Forms that no probe has.
  private var unknown: Set<Question> = []
  /// The most bytes a probe takes.
  private let room: Bytes

  /// - Parameters:
  ///   - room: the most bytes a probe takes; larger tensors are walked in part.
  ///   - sample: the least time of a sample: as long as those of the layer, or caches of about the size of the tensors
  ///     would be less used to them.
  /// - Throws: `RuntimeError` without so much room.
  init(room: Bytes, sample: Double) throws {
    (self.room, self.sample) = (room, sample)
    buffer = try ProbeBuffer(room)
  }

  /// Forgets what the last group asked for.
  func begin() { series.removeAll() }

  /// Measures everything again that was asked for since ``begin()``.
  func refresh() {
    for (_, one) in series.sorted(by: { $0.value.probe.label < $1.value.probe.label }) { one.measure() }
  }

  /// The time of a token; nil for a form that no probe has.
  func secondsOfToken(_ movement: Movement, tokens: Int, threads: Int) -> Double? {
    // A quarter of the room is for tables and what is rounded up.
    let most = room.count * 3 / 4 / movement.bytesOfToken
    let tokens = max(threads, min(tokens, most))
    let question = Question(movement: movement, tokens: tokens, threads: threads)
    if unknown.contains(question) { return nil }
    if series[question] == nil {
      guard let probe = movement.probe(tokens: tokens, threads: threads, buffer: buffer),
        let made = Series(probe, sample: sample)
      else {
        unknown.insert(question)
        return nil
      }
      for _ in 0..<3 { made.measure() }
      series[question] = made
    }
    return series[question]?.median.map { $0 / Double(tokens) }
  }
}
