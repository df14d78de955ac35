public import CostModel
import LayerRuntime
public import Quantities

/// Predicts cases and times them, one group after the other.
///
/// A group's members are timed in turns, round after round, so that what else the machine does falls on all of them.
/// Before a group the anchors are measured again; then all its members are predicted, and only then are they run.
public struct TimeRun {
  private let law: TimeLaw
  private let anchors: [Anchor]
  private let rounds: Int
  private let sampleSeconds: Double
  private var order = 0
  private var history: [Int: [Drift]] = [:]
  private let privateBytes, lastBytes: Double
  private let live: LiveRates?

  /// A run with the rates of this machine.
  ///
  /// - Parameters:
  ///   - rates: the machine's.
  ///   - anchors: rates to measure again before each group; without any, the profile's are taken as they are.
  ///   - room: the most bytes of a probe that is measured in turns with the cases; nil to take the profile's rates alone.
  ///   - rounds: samples of each case.
  ///   - sampleSeconds: the least time of a sample, reached by repeating short cases.
  /// - Throws: `RuntimeError` without so much room.
  public init(
    _ rates: MachineRates, anchors: [Anchor], room: Bytes? = nil, rounds: Int = 7, sampleSeconds: Double = 4e-3
  ) throws {
    law = TimeLaw(rates: rates)
    live = try room.map { try LiveRates(room: $0, sample: sampleSeconds) }
    (self.anchors, self.rounds, self.sampleSeconds) = (anchors, rounds, sampleSeconds)
    privateBytes = law.privateBytes
    lastBytes = law.lastBytes
  }

  /// How much longer the profile's own probes took in this run than the profile says, by part; empty before a row was run.
  ///
  /// On one thread, the middle of all that was measured between rows: what neighbours take for a while is not in it. And of each
  /// part's runs the middle, as of the profile's samples: on a core that neighbours slow most of the time, the quickest of
  /// three took 0.57 of it with nothing wrong.
  public var profileFactors: [Anchor.Part: Double] { Drift(middle: (history[1] ?? [])[...]).middles }

  /// The prediction of one case as the machine is now.
  public func prediction(_ timeCase: TimeCase, drift: Drift = .none) throws -> TimeRow.Parts {
    try summed(timeCase.works(), drift, live).parts
  }

  private func summed(
    _ works: [Work], _ drift: Drift, _ live: LiveRates?
  ) throws -> (total: Double, parts: TimeRow.Parts) {
    var law = law
    law.live = live
    law.drift = { drift.factor(distance: $0, privateBytes: privateBytes, lastBytes: lastBytes) }
    law.coreDrift = drift.core
    let parts = try law.parts(repeating: works)
    func sum(_ part: KeyPath<TimeLaw.Parts, Double>) -> Double { parts.reduce(0) { $0 + $1[keyPath: part] } }
    return (
      sum(\.total),
      TimeRow.Parts(
        memory: Seconds(sum(\.memory)), arithmetic: Seconds(sum(\.arithmetic)), products: Seconds(sum(\.products)),
        starts: Seconds(sum(\.start)))
    )
  }

  /// The rows of one group of cases with as many threads.
  ///
  /// In every round the anchors are measured again, then all members are predicted as the machine is now, and then all are
  /// run: what a neighbour takes is taken from both. A row's times are the middle ones of its rounds.
  /// - Throws: `RuntimeError` for a case that cannot be run here.
  public mutating func rows(_ group: [TimeCase], rounds: Int? = nil) throws -> [TimeRow] {
    let rounds = rounds ?? self.rounds
    let threads = group.first?.team.count ?? 1
    let works = try group.map { try $0.works() }
    if threads != 1 { _ = watch(1, runs: 1) }
    let drift = watch(threads, runs: Drift.window)
    live?.begin()
    var rows: [TimeRow] = []
    var questions: [[AnyHashable]?] = []
    for (timeCase, works) in zip(group, works) {
      live?.startAsking()
      let (total, parts) = try summed(works, drift, live)
      questions.append(live?.asked)
      order += 1
      rows.append(
        TimeRow(
          name: timeCase.name, operation: timeCase.operation, scheme: timeCase.scheme, scope: timeCase.scope,
          size: timeCase.size, predictedAs: order, measuredAs: 0,
          predicted: Seconds(total),
          byProfile: Seconds(try summed(works, .none, nil).total), parts: parts, drift: drift, samples: []))
    }
    let running = try group.map { try RunningCase($0) }
    let repetitions = try running.map { try $0.repetitions(for: sampleSeconds) }
    var predictions: [[(total: Double, parts: TimeRow.Parts, drift: Drift)]] = group.map { _ in [] }
    for round in 0..<rounds {
      let drift = watch(threads, runs: round == 0 ? 0 : 1)
      for index in group.indices {
        // Side by side: what the machine has to give may have changed by the time the group is through.
        questions[index].map { live?.refresh($0) }
        let (total, parts) = try summed(works[index], drift, live)
        predictions[index].append((total, parts, drift))
        if round == 0 {
          order += 1
          rows[index].measuredAs = order
        }
        rows[index].samples.append(Seconds(try running[index].time(repetitions: repetitions[index])))
      }
    }
    for index in group.indices {
      rows[index].predictions = predictions[index].map { Seconds($0.total) }
      let sorted = predictions[index].sorted { $0.total < $1.total }
      guard !sorted.isEmpty else { continue }
      let middle = sorted[sorted.count / 2]
      (rows[index].predicted, rows[index].parts, rows[index].drift) = (
        Seconds(middle.total), middle.parts, middle.drift
      )
    }
    return rows
  }

  /// Measures the anchors so many times, and takes the middle of the last measurements.
  private mutating func watch(_ threads: Int, runs: Int) -> Drift {
    for _ in 0..<runs { history[threads, default: []].append(Drift(anchors, threads: threads)) }
    return Drift(middle: (history[threads] ?? []).suffix(Drift.window))
  }
}
