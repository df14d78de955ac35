import CostModel

/// The choices of a device's constants that bound a step's time and the connection's overhead.
///
/// Times are computed at all of them at once, a lane a corner.
enum Corner: Int, CaseIterable {
  case expected
  /// The shortest step.
  case allFast
  /// The longest step.
  case allSlow
  /// The largest overhead: what it is compared with is fast, what it does is slow.
  case slowMemory
  /// The smallest overhead.
  case fastMemory

  /// Which end of the range is taken of what moves bytes: bandwidth and latency.
  var memory: End {
    switch self {
    case .expected: .expected
    case .allFast, .fastMemory: .fast
    case .allSlow, .slowMemory: .slow
    }
  }

  /// Which end of the range is taken of the layer functions' products.
  var matrix: End {
    switch self {
    case .expected: .expected
    case .allFast, .slowMemory: .fast
    case .allSlow, .fastMemory: .slow
    }
  }

  /// An end of a range, as it makes a step.
  enum End {
    case slow, expected, fast
  }
}

/// One number at every corner; the lanes beyond the corners repeat the expected one.
typealias Corners = SIMD8<Double>

extension Corners {
  /// The number at each corner.
  init(_ value: (Corner) -> Double) {
    self.init(repeating: value(.expected))
    for corner in Corner.allCases { self[corner] = value(corner) }
  }

  /// The number at one corner.
  subscript(corner: Corner) -> Double {
    get { self[corner.rawValue] }
    set { self[corner.rawValue] = newValue }
  }
}

/// The larger of two numbers at every corner; the standard library's is generic, and a call each where times are added up.
@inline(__always)
func pointwiseMax(_ one: Corners, _ other: Corners) -> Corners { one.replacing(with: other, where: other .> one) }

/// The smaller of two numbers at every corner.
@inline(__always)
func pointwiseMin(_ one: Corners, _ other: Corners) -> Corners { one.replacing(with: other, where: other .< one) }

extension Estimate {
  /// The value at one end, where more takes longer.
  func at(_ end: Corner.End) -> Value {
    switch end {
    case .slow: high
    case .expected: expected
    case .fast: low
    }
  }
}
