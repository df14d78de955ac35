public import Quantities

/// A piece of work that is timed again and again.
public protocol Probe: AnyObject {
  /// What is timed, in a few words: `memory 5:4 streaming, 128 MiB, 2 threads`.
  var label: String { get }

  /// Does the work once, then a number of times, one after the other, and times the latter.
  ///
  /// - Parameter repetitions: at least 1.
  /// - Returns: The wall time; nil where there are not as many threads, or they did not run at the same time.
  func run(repetitions: Int) -> Seconds?
}

extension Probe {
  /// How many repetitions take about so long: the least of three single runs decides.
  ///
  /// - Parameter target: the time of a sample.
  /// - Returns: 1 to 2²⁴ repetitions; nil where the threads did not start together.
  public func repetitions(for target: Seconds) -> Int? {
    var least = Double.infinity
    for _ in 0..<3 {
      guard let time = run(repetitions: 1) else { continue }
      least = min(least, max(time.value, 1e-9))
      // What takes long enough needs no second look.
      if time > target { break }
    }
    return least.isFinite ? min(1 << 24, max(1, Int((target.value / least).rounded(.up)))) : nil
  }
}
