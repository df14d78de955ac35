import Synchronization

/// How far a search is, on the last line of a terminal.
final class SearchProgress: Sendable {
  private let layouts: Int
  private let plansPerLayout: Int
  private let start = ContinuousClock.now
  private let state: Mutex<State>
  private let isShown: Bool

  private struct State {
    var done = 0
    var shown: ContinuousClock.Instant
  }

  /// Progress over so many layouts; shown only where stderr is a terminal.
  init(layouts: Int, plansPerLayout: Int) {
    self.layouts = layouts
    self.plansPerLayout = plansPerLayout
    state = Mutex(State(shown: start))
    isShown = Console.errorIsTerminal
  }

  /// Takes note of layouts that were gone through; shows it five times a second.
  func add(_ count: Int) {
    guard isShown else { return }
    let line = state.withLock { state -> String? in
      state.done += count
      let now = ContinuousClock.now
      guard now - state.shown > .milliseconds(200) else { return nil }
      state.shown = now
      let rate = Double(state.done * plansPerLayout) / ((now - start) / .seconds(1))
      return "\(state.done * 100 / max(1, layouts)) % of \(layouts) layouts, \(Units.fixed(rate / 1000, digits: 0)) "
        + "thousand plans a second; Ctrl-C prints the best so far"
    }
    if let line { Console.printProgress(line) }
  }

  /// Clears the line.
  func end() {
    if isShown { Console.printProgress("") }
  }
}
