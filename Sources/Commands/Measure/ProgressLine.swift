/// One line on a terminal that is written over again and again; nothing where stderr is no terminal.
final class ProgressLine {
  private let isTerminal = Console.errorIsTerminal
  private var isShown = false

  /// Shows what is done, and how much of it all that is.
  func show(_ text: String, fraction: Double) {
    guard isTerminal else { return }
    isShown = true
    Console.printProgress("\(Units.fixed(100 * fraction, digits: 0)) % \(text.prefix(70))")
  }

  /// Clears the line.
  func clear() {
    guard isShown else { return }
    isShown = false
    Console.printProgress("")
  }
}
