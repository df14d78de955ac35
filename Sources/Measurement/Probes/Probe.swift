public import Quantities

/// A piece of work that is timed again and again.
public protocol Probe: AnyObject {
  /// What is timed, in a few words: `memory 5:4 streaming, 128 MiB, 2 threads`.
  var label: String { get }

  /// No sample repeats the work more often.
  var mostRepetitions: Int { get }

  /// Does the work a number of times, one after the other, and times all of it.
  ///
  /// Before that, where it makes a difference, it does the work once without timing it.
  ///
  /// - Parameter repetitions: at least 1.
  /// - Returns: The wall time; nil where there are not as many threads, or they did not run at the same time.
  func run(repetitions: Int) -> Seconds?
}

extension Probe {
  /// As often as it takes.
  public var mostRepetitions: Int { 1 << 24 }

  /// How many repetitions take about so long: the least of three single runs decides.
  ///
  /// - Parameter target: the time of a sample.
  /// - Returns: 1 to ``mostRepetitions``; nil where the threads did not start together.
  public func repetitions(for target: Seconds) -> Int? {
    var least = Double.infinity
    for _ in 0..<3 {
      guard let time = run(repetitions: 1) else { continue }
      least = min(least, max(time.value, 1e-9))
      // What takes long enough needs no second look.
      if time > target { break }
    }
    return least.isFinite ? min(mostRepetitions, max(1, Int((target.value / least).rounded(.up)))) : nil
  }
}
