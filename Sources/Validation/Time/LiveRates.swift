import CostModel
import Measurement
import Quantities

/// Rates of the rows that operations move, measured in turns with the operations.
///
/// A shared machine drifts by more than a model may be off, and no table has every mix of rows at every size. So what a
/// prediction asks for is measured when it is first asked for, and again in every round before the layer runs. Each is a
/// probe of loads, stores and multiply-adds; none runs a layer.
final class LiveRates {
  private final class Series {
    let probe: any Probe
    let repetitions: Int
    /// What it works on, and whether it takes that for bfloat16.
    let size: Bytes
    let readsBFloat16: Bool
    var times: [Double] = []

    init?(_ probe: any Probe, sample: Double, size: Bytes, readsBFloat16: Bool) {
      guard let repetitions = probe.repetitions(for: Seconds(sample)) else { return nil }
      (self.probe, self.repetitions, self.size, self.readsBFloat16) = (probe, repetitions, size, readsBFloat16)
    }

    func measure(inRound: Bool) {
      hasRounds = hasRounds || inRound
      if let time = probe.run(repetitions: repetitions) { times.append(time.value / Double(repetitions)) }
    }

    /// The last sample; before the first round, the middle of those that were taken when it was first asked for.
    var now: Double? {
      let sorted = times.sorted()
      return hasRounds ? times.last : sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
    /// Whether it was measured again since then.
    private var hasRounds = false
  }

  private let buffer: ProbeBuffer
  private let sample: Double
  private var series: [AnyHashable: Series] = [:]
  /// What was asked for since ``startAsking()``, in order.
  private(set) var asked: [AnyHashable] = []
  /// Forms that no probe has.
  private var unknown: Set<AnyHashable> = []
  /// What was measured last.
  private var last: AnyHashable?
  /// The most bytes that the group's probes have written.
  private var used: Bytes?
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

  /// Forgets what the last group asked for, and what its probes left behind.
  func begin() {
    series.removeAll()
    buffer.scatter(used ?? room)
    used = Bytes(1 << 16)
  }

  /// Begins a list of its own for one prediction.
  func startAsking() { asked = [] }

  /// Measures again what was asked for.
  func refresh(_ questions: [AnyHashable]) {
    for question in questions {
      guard let series = series[question] else { continue }
      clean(series.size, for: question, readsBFloat16: series.readsBFloat16)
      series.measure(inRound: true)
    }
  }

  /// Gives a probe of bfloat16 ordinary numbers where another probe has been: the lower half of any float32 is, one time in 256,
  /// a subnormal bfloat16, and one of sixteen of those made a probe take three times as long.
  private func clean(_ size: Bytes, for question: AnyHashable, readsBFloat16: Bool) {
    if readsBFloat16, last != question { buffer.scatter(size) }
    last = question
  }

  /// The time of a token of one movement by itself; nil for a form that no probe has.
  func secondsOfToken(_ movement: Movement, tokens: Int, threads: Int) -> Double? {
    // A quarter of the room is for tables and what is rounded up.
    let most = room.count * 3 / 4 / movement.bytesOfToken.count
    let tokens = max(threads, min(tokens, most))
    return seconds(Pass(movement, tokens: tokens, threads: threads)).map { $0 / Double(tokens) }
  }

  /// The time of a pass; nil for a form that no probe has, or without room.
  func seconds(_ pass: Pass) -> Double? {
    seconds(pass, PassProbe.bufferSize(pass), readsBFloat16: pass.readsBFloat16) { PassProbe(pass, buffer: buffer) }
  }

  /// The time of work on columns of so many tokens; nil for fewer than sixteen a thread.
  func seconds(_ work: ColumnWork, tokens: Int, threads: Int) -> Double? {
    struct Question: Hashable {
      var work: ColumnWork
      var tokens, threads: Int
    }
    let size = ColumnProbe.bufferSize(work, tokens: tokens, threads: threads)
    return seconds(Question(work: work, tokens: tokens, threads: threads), size) {
      ColumnProbe(work, tokens: tokens, threads: threads, buffer: buffer)
    }
  }

  /// The latency of a parallel call of threads that poll.
  func secondsToStart(threads: Int) -> Double? {
    struct Question: Hashable { var threads: Int }
    return seconds(Question(threads: threads), Bytes(0)) { StartProbe(threads: threads, state: .warm) }
  }

  private func seconds(
    _ question: AnyHashable, _ size: Bytes, readsBFloat16: Bool = false, _ make: () -> (any Probe)?
  ) -> Double? {
    if unknown.contains(question) { return nil }
    if !asked.contains(question) { asked.append(question) }
    if series[question] == nil {
      clean(size, for: question, readsBFloat16: readsBFloat16)
      guard let probe = make(),
        let made = Series(probe, sample: sample, size: size, readsBFloat16: readsBFloat16)
      else {
        unknown.insert(question)
        return nil
      }
      used = max(used ?? size, size)
      for _ in 0..<3 { made.measure(inRound: false) }
      series[question] = made
    }
    return series[question]?.now
  }
}

extension Pass {
  /// Whether any tensor that it walks is of bfloat16.
  fileprivate var readsBFloat16: Bool {
    calls.flatMap(\.steps).contains { step in
      switch step.action {
      case .movement(.rows(let traffic)): traffic.isBFloat16
      case .movement(.product(let product)): product.isBFloat16
      default: false
      }
    }
  }
}
