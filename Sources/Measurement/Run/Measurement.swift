public import CostModel
import Quantities

/// Runs a plan: every probe once in each round, so that whatever disturbs the machine for a while disturbs all alike.
public struct Measurement {
  /// What is measured.
  public let plan: MeasurementPlan
  /// The instruction set of memory and vector probes.
  public let variant: ProbeVariant
  /// Samples of each probe: the fewest and the most.
  let rounds: ClosedRange<Int>
  /// The time of one sample, about.
  let sample: Seconds

  /// A measurement of this plan.
  public init(_ plan: MeasurementPlan, variant: ProbeVariant = .best) {
    self.plan = plan
    self.variant = variant
    rounds = plan.effort.leastRounds...plan.effort.mostRounds
    sample = plan.effort.sample
  }

  /// A measurement of so many samples of so long, whatever time it takes.
  init(_ plan: MeasurementPlan, variant: ProbeVariant, rounds: Int, sample: Seconds) {
    self.plan = plan
    self.variant = variant
    self.rounds = rounds...rounds
    self.sample = sample
  }

  /// What a measurement gives.
  public struct Result: Sendable {
    /// The rates.
    public var rates: MachineRates
    /// What the processors did meanwhile; nil where the system does not tell.
    public var load: ProcessorLoad?
    /// What may have disturbed it.
    public var warnings: [MeasurementWarning] = []
    /// Samples of each probe.
    public var rounds: Int
    /// What was measured, with every sample, in the order of the plan.
    public var timings: [Timing]
  }

  /// A probe's name and its samples.
  public struct Timing: Hashable, Sendable {
    /// What was timed.
    public var label: String
    /// The samples, in the order they were taken.
    public var samples: Samples

    /// Samples of what the label says.
    public init(label: String, samples: Samples) {
      self.label = label
      self.samples = samples
    }
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - identity: The machine.
  ///   - progress: Told what is done, between probes, with the fraction that is done.
  /// - Returns: Rates with every sample.
  /// - Throws: ``MeasurementError`` where there is no room, or threads do not start together.
  public func run(
    on identity: MachineIdentity, progress: (String, Double) -> Void = { _, _ in }
  ) throws(MeasurementError) -> Result {
    let clock = ContinuousClock()
    let begin = clock.now
    let probes = try makeProbes()
    var series: [Series] = []
    for (index, probe) in probes.all.enumerated() {
      progress("calibrating", 0.1 * Double(index) / Double(probes.all.count))
      guard let one = Series(probe, sample: sample) else {
        throw .threadsDoNotStart(probe.label)
      }
      series.append(one)
    }
    // What one round takes is known after the first; calibration has its time too.
    let loadBefore = ProcessorLoad.Counters.now()
    var (round, roundTime) = (0, 0.0)
    while round < rounds.upperBound {
      let elapsed = Seconds(clock.now - begin)
      if round >= rounds.lowerBound, elapsed.value + roundTime > plan.effort.budget.value { break }
      let share = expectedShare(elapsed: elapsed.value, round: round, roundTime: roundTime)
      progress("round \(round + 1)", share)
      let start = clock.now
      for index in series.indices {
        series[index].sample()
        if index % 16 == 0 { progress("round \(round + 1): \(series[index].probe.label)", share) }
      }
      roundTime = Seconds(clock.now - start).value
      round += 1
    }
    let load = ProcessorLoad(from: loadBefore, to: ProcessorLoad.Counters.now())
    var result = try result(identity, probes, series, rounds: round, load: load)
    let warnings = MeasurementQuality.warnings(result.timings, load: load, identity: identity)
    result.rates.conditions = MeasurementConditions(
      effort: plan.effort.rawValue, rounds: round, othersFraction: load?.others, stolenFraction: load?.stolen,
      warnings: warnings.map(\.description))
    result.warnings = warnings
    return result
  }

  private func expectedShare(elapsed: Double, round: Int, roundTime: Double) -> Double {
    guard round > 0, roundTime > 0 else { return 0.1 }
    let affordable = (plan.effort.budget.value - elapsed) / roundTime
    let left = min(Double(rounds.upperBound - round), max(affordable, Double(rounds.lowerBound - round)))
    return elapsed / (elapsed + max(0, left) * roundTime)
  }
}

/// Why a machine could not be measured, in one line.
public enum MeasurementError: Error, Hashable, Sendable, CustomStringConvertible {
  /// No room for the arrays: what was asked for.
  case noRoom(String)
  /// Threads of this probe did not run at the same time.
  case threadsDoNotStart(String)
  /// Samples differ too much to be called a measurement: the spreads that say so.
  case tooNoisy(String)

  /// One line.
  public var description: String {
    switch self {
    case .noRoom(let detail): "expected memory for the probes' arrays, found none: \(detail)"
    case .threadsDoNotStart(let probe):
      "\(probe): expected all threads to run at the same time, found that they do not; the machine is too busy, or has "
        + "fewer processors for this process than it says: use --threads 1"
    case .tooNoisy(let detail):
      "too noisy to measure: \(detail); stop what else runs on the machine, and try again"
    }
  }
}
