/// Sizes of a recompute problem, or of a choice for it, that are out of range or contradict one another.
public enum RecomputeProblemError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A size below the least that it can be.
  case tooSmall(String, Int, least: Int)
  /// Two lists with one value a layer that have different numbers of layers.
  case unequalCounts(Int, Int)
  /// A choice that does not cover the layers of the stage, each of its segments with at least one.
  case notACover(segments: [Int], layers: Int)

  /// One line.
  public var description: String {
    switch self {
    case .tooSmall(let what, let value, let least): "\(what): \(value); expected \(least) or more"
    case .unequalCounts(let first, let second): "values for \(first) and for \(second) layers; expected as many"
    case .notACover(let segments, let layers):
      "segments of \(segments.map(String.init).joined(separator: " + ")) layers; expected parts of 1 or more"
        + " that sum to \(layers)"
    }
  }

  static func check(_ what: @autoclosure () -> String, _ value: Int, atLeast least: Int) throws {
    if value < least { throw RecomputeProblemError.tooSmall(what(), value, least: least) }
  }
}
