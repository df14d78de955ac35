/// The value of a piecewise linear curve, constant beyond its ends.
///
/// - Parameters:
///   - points: in rising order of `at`, no two alike.
///   - place: where.
/// - Returns: the value; nil for a curve without points.
func interpolate(_ points: [(at: Double, value: Double)], at place: Double) -> Double? {
  guard let first = points.first, let last = points.last else { return nil }
  guard place > first.at else { return first.value }
  guard place < last.at, let above = points.firstIndex(where: { $0.at >= place }), above > 0 else { return last.value }
  let (low, high) = (points[above - 1], points[above])
  return low.value + (high.value - low.value) * (place - low.at) / (high.at - low.at)
}

/// The binary logarithm of a positive number, from its exponent and a series: the module has no Foundation.
///
/// Within 1e-12 of it.
func logarithm(_ value: Double) -> Double {
  guard value > 0, value.isFinite else { return 0 }
  // value = 2^e s with s in [1, 2); ln s = 2 artanh((s-1)/(s+1)), of an argument below 1/3.
  let ratio = (value.significand - 1) / (value.significand + 1)
  let square = ratio * ratio
  var (power, sum) = (ratio, 0.0)
  for odd in stride(from: 1.0, through: 25, by: 2) {
    sum += power / odd
    power *= square
  }
  return Double(value.exponent) + 2 * sum / 0.693_147_180_559_945_3
}
