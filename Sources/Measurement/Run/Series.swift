import CostModel
import Quantities

/// A probe and what it has measured so far.
struct Series {
  let probe: any Probe
  /// Repetitions of the work in one sample.
  let repetitions: Int
  private(set) var times: [Seconds] = []

  /// A series whose samples take about so long; nil where the threads do not start together.
  init?(_ probe: any Probe, sample: Seconds) {
    guard let count = probe.repetitions(for: sample) else { return nil }
    self.probe = probe
    repetitions = count
  }

  /// Takes a sample.
  mutating func sample() {
    if let time = probe.run(repetitions: repetitions) { times.append(time) }
  }

  var samples: Samples? { Samples(times) }
}
