/// A linear model fitted to relative residuals: rows are divided by what was measured, so that a short time counts as
/// much as a long one.
struct LeastSquares {
  /// The coefficients, in the order of the columns.
  var coefficients: [Double]
  /// Their standard errors; nil where there are no more rows than columns.
  var errors: [Double]?

  /// Measured values are `y`, `columns` the model's terms at each of them.
  ///
  /// Huber's weights take outliers back: a row beyond 1.345 times the spread counts in proportion to its distance.
  ///
  /// - Parameters:
  ///   - columns: one array of as many values as `y` for each coefficient.
  ///   - offsets: what the model has besides its terms.
  ///   - values: y, above zero.
  /// - Returns: nil where the columns are not independent.
  static func fit(columns: [[Double]], offsets: [Double], values: [Double]) -> LeastSquares? {
    var weights = Array(repeating: 1.0, count: values.count)
    guard var result = solve(columns, offsets, values, weights) else { return nil }
    // Nothing is an outlier among few.
    guard values.count > columns.count + 2 else { return result }
    for _ in 0..<20 {
      let residuals = result.residuals(columns, offsets, values)
      let spread = 1.4826 * median(residuals.map(\.magnitude))
      guard spread > 1e-12 else { break }
      weights = residuals.map { min(1, 1.345 * spread / max($0.magnitude, 1e-300)) }
      guard let next = solve(columns, offsets, values, weights) else { break }
      let moved = zip(next.coefficients, result.coefficients).map { abs($0 - $1) / max(abs($1), 1e-300) }.max() ?? 0
      result = next
      if moved < 1e-10 { break }
    }
    return result
  }

  /// Prediction over measurement, less one.
  func residuals(_ columns: [[Double]], _ offsets: [Double], _ values: [Double]) -> [Double] {
    values.indices.map { row in
      var sum = offsets[row]
      for (column, coefficient) in zip(columns, coefficients) { sum += coefficient * column[row] }
      return sum / values[row] - 1
    }
  }

  private static func solve(
    _ columns: [[Double]], _ offsets: [Double], _ values: [Double], _ weights: [Double]
  ) -> LeastSquares? {
    let count = columns.count
    guard count > 0, values.count >= count else { return nil }
    // Columns of very different sizes are brought to length one before they are multiplied.
    let relative = columns.map { column in zip(column, values).map { $0 / $1 } }
    let lengths = relative.map { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    guard lengths.allSatisfy({ $0.isFinite && $0 > 0 }) else { return nil }
    let unit = zip(relative, lengths).map { column, length in column.map { $0 / length } }
    let target = zip(offsets, values).map { 1 - $0 / $1 }
    var normal = (0..<count).map { row in
      (0..<count).map { column in weighted(unit[row], unit[column], weights) }
    }
    var right = unit.map { weighted($0, target, weights) }
    guard let inverse = invert(&normal, &right) else { return nil }
    let coefficients = zip(right, lengths).map { $0 / $1 }
    var result = LeastSquares(coefficients: coefficients, errors: nil)
    if values.count > count {
      let squares = zip(result.residuals(columns, offsets, values), weights).reduce(0) { $0 + $1.1 * $1.0 * $1.0 }
      let variance = squares / Double(values.count - count)
      result.errors = (0..<count).map { (variance * max(0, inverse[$0][$0])).squareRoot() / lengths[$0] }
    }
    return result
  }

  private static func weighted(_ left: [Double], _ right: [Double], _ weights: [Double]) -> Double {
    weights.indices.reduce(0) { $0 + weights[$1] * left[$1] * right[$1] }
  }

  /// Solves by Gauss and Jordan: `right` becomes the solution, the inverse is returned; nil for a matrix that is
  /// singular to rounding.
  private static func invert(_ matrix: inout [[Double]], _ right: inout [Double]) -> [[Double]]? {
    let count = right.count
    var inverse = (0..<count).map { row in (0..<count).map { $0 == row ? 1.0 : 0.0 } }
    for pivot in 0..<count {
      guard let best = (pivot..<count).max(by: { abs(matrix[$0][pivot]) < abs(matrix[$1][pivot]) }),
        abs(matrix[best][pivot]) > 1e-12
      else { return nil }
      matrix.swapAt(pivot, best)
      inverse.swapAt(pivot, best)
      right.swapAt(pivot, best)
      let scale = matrix[pivot][pivot]
      for column in 0..<count {
        matrix[pivot][column] /= scale
        inverse[pivot][column] /= scale
      }
      right[pivot] /= scale
      for row in 0..<count where row != pivot {
        let factor = matrix[row][pivot]
        for column in 0..<count {
          matrix[row][column] -= factor * matrix[pivot][column]
          inverse[row][column] -= factor * inverse[pivot][column]
        }
        right[row] -= factor * right[pivot]
      }
    }
    return inverse
  }
}

/// The middle value, or the mean of the two in the middle; NaN of none.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard let last = sorted.last else { return .nan }
  if sorted.count == 1 { return last }
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
