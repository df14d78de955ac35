public import Quantities

/// A polynomial in the model's sizes with integer coefficients, such as `(5n+1)C + n² + 2n`.
///
/// The text that is printed and the number that is computed come from this one value, so they cannot differ.
public struct Formula: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// The non-zero coefficients by monomial.
  let coefficients: [Monomial: Int]

  init(coefficients: [Monomial: Int]) {
    self.coefficients = coefficients.filter { $0.value != 0 }
  }

  /// The symbol itself.
  public init(_ symbol: Symbol) {
    self.init(coefficients: [Monomial(symbol): 1])
  }

  /// A constant.
  public init(integerLiteral value: Int) {
    self.init(coefficients: [.one: value])
  }

  /// A constant.
  public init(_ value: Int) {
    self.init(integerLiteral: value)
  }

  /// The formula of nothing.
  public static let zero: Formula = 0

  /// The sum.
  public static func + (left: Formula, right: Formula) -> Formula {
    Formula(coefficients: left.coefficients.merging(right.coefficients, uniquingKeysWith: +))
  }

  /// The difference.
  public static func - (left: Formula, right: Formula) -> Formula { left + Formula(-1) * right }

  /// The product.
  public static func * (left: Formula, right: Formula) -> Formula {
    var result: [Monomial: Int] = [:]
    for (a, x) in left.coefficients {
      for (b, y) in right.coefficients { result[a * b, default: 0] += x * y }
    }
    return Formula(coefficients: result)
  }

  /// Adds in place.
  public static func += (left: inout Formula, right: Formula) { left = left + right }

  /// The symbols that the value depends on, in the order of the table of notation.
  public var symbols: [Symbol] {
    Set(coefficients.keys.flatMap { $0.powers.map(\.symbol) }).sorted { $0.rawValue < $1.rawValue }
  }

  /// Whether the formula has no terms.
  public var isZero: Bool { coefficients.isEmpty }

  /// The exact value at the given sizes.
  ///
  /// - Parameter values: a value for every symbol in ``symbols``; a missing one is a programming error.
  /// - Returns: the value.
  /// - Throws: `OverflowError` with the formula and the sizes when the value or a term does not fit in 64 bits.
  public func evaluate(at values: SymbolValues) throws(OverflowError) -> Int {
    var total = 0
    for (monomial, coefficient) in coefficients {
      var term = coefficient
      for power in monomial.powers {
        guard let value = values[power.symbol] else { preconditionFailure("no value for \(power.symbol.letter)") }
        for _ in 0..<power.exponent {
          let (next, overflow) = term.multipliedReportingOverflow(by: value)
          if overflow { throw overflowError(at: values) }
          term = next
        }
      }
      let (sum, overflow) = total.addingReportingOverflow(term)
      if overflow { throw overflowError(at: values) }
      total = sum
    }
    return total
  }

  private func overflowError(at values: SymbolValues) -> OverflowError {
    let sizes = symbols.map { "\($0.letter) = \(values[$0].map(String.init) ?? "?")" }.joined(separator: ", ")
    return OverflowError("\(self) with \(sizes)")
  }
}

/// A product of symbols, each with its power.
struct Monomial: Hashable, Sendable {
  struct Power: Hashable, Sendable {
    var symbol: Symbol
    var exponent: Int
  }

  /// Sorted by symbol; exponents are positive.
  let powers: [Power]

  static let one = Monomial(powers: [])

  init(_ symbol: Symbol) { powers = [Power(symbol: symbol, exponent: 1)] }

  private init(powers: [Power]) { self.powers = powers }

  static func * (left: Monomial, right: Monomial) -> Monomial {
    var exponents: [Symbol: Int] = [:]
    for power in left.powers + right.powers { exponents[power.symbol, default: 0] += power.exponent }
    return Monomial(
      powers: exponents.map { Power(symbol: $0.key, exponent: $0.value) }
        .sorted { $0.symbol.rawValue < $1.symbol.rawValue })
  }

  /// The part in large symbols and the part in small ones: C and n² of n²C.
  var split: (large: Monomial, small: Monomial) {
    (
      Monomial(powers: powers.filter(\.symbol.isLarge)),
      Monomial(powers: powers.filter { !$0.symbol.isLarge })
    )
  }

  var degree: Int { powers.reduce(0) { $0 + $1.exponent } }
}
