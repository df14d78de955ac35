import ArgumentParser

/// Checks of option values, each in one line that says what was expected and what was found.
enum Check {
  static func range(_ value: Int, _ allowed: ClosedRange<Int>, _ option: String) throws {
    guard allowed.contains(value) else {
      throw ValidationError("\(option): expected \(allowed.lowerBound) to \(allowed.upperBound), found \(value)")
    }
  }
}
