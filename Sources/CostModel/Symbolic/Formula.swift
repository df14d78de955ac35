public import Quantities

/// A polynomial in the model's sizes with integer coefficients, such as `(5n+1)C + n² + 2n`.
///
/// The text that is printed and the number that is computed come from this one value, so they cannot differ.
public struct Formula: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// One product: a coefficient other than zero and a run of ``factors``.
  struct Term: Hashable, Sendable {
    var coefficient: Int
    var factors: Range<Int>
  }

  /// Ordered by monomial, each monomial once.
  let terms: [Term]
  /// The symbols of all terms, a power written out as so many factors.
  ///
  /// Flat, as planning evaluates formulas often.
  private let factors: [Symbol]

  init(_ coefficients: [Monomial: Int]) {
    var terms: [Term] = []
    var factors: [Symbol] = []
    for (monomial, coefficient) in coefficients.sorted(by: { $0.key < $1.key }) where coefficient != 0 {
      let start = factors.count
      factors += monomial.symbols
      terms.append(Term(coefficient: coefficient, factors: start..<factors.count))
    }
    self.terms = terms
    self.factors = factors
  }

  /// The symbol itself.
  public init(_ symbol: Symbol) { self.init([Monomial([symbol]): 1]) }

  /// A constant.
  public init(integerLiteral value: Int) { self.init([.one: value]) }

  /// A constant.
  public init(_ value: Int) { self.init(integerLiteral: value) }

  /// The formula of nothing.
  public static let zero: Formula = 0

  /// Whether the formula has no terms.
  public var isZero: Bool { terms.isEmpty }

  /// The symbols that the value depends on, in the order of the table of notation.
  public var symbols: [Symbol] { Set(factors).sorted() }

  /// The coefficients by monomial, for algebra and text.
  var coefficients: [Monomial: Int] {
    Dictionary(uniqueKeysWithValues: terms.map { (Monomial(sorted: factors[$0.factors]), $0.coefficient) })
  }

  /// The exact value at the given sizes.
  ///
  /// - Parameter values: a value for every symbol in ``symbols``; a missing one is a programming error.
  /// - Returns: the value.
  /// - Throws: `OverflowError` with the formula and the sizes when the value or a term does not fit in 64 bits.
  public func evaluate(at values: SymbolValues) throws(OverflowError) -> Int {
    var total = 0
    var overflows = false
    for term in terms {
      var product = term.coefficient
      for index in term.factors {
        let (next, overflow) = product.multipliedReportingOverflow(by: values.value(of: factors[index]))
        product = next
        overflows = overflows || overflow
      }
      let (sum, overflow) = total.addingReportingOverflow(product)
      total = sum
      overflows = overflows || overflow
    }
    if overflows { throw overflowError(at: values) }
    return total
  }

  private func overflowError(at values: SymbolValues) -> OverflowError {
    let sizes = symbols.map { "\($0.letter) = \(values[$0].map(String.init) ?? "?")" }.joined(separator: ", ")
    return OverflowError("\(self) with \(sizes)")
  }
}

extension Formula {
  /// The sum.
  public static func + (left: Formula, right: Formula) -> Formula {
    Formula(left.coefficients.merging(right.coefficients, uniquingKeysWith: +))
  }

  /// The difference.
  public static func - (left: Formula, right: Formula) -> Formula { left + Formula(-1) * right }

  /// The product.
  public static func * (left: Formula, right: Formula) -> Formula {
    var result: [Monomial: Int] = [:]
    for (a, x) in left.coefficients {
      for (b, y) in right.coefficients { result[a * b, default: 0] += x * y }
    }
    return Formula(result)
  }

  /// Adds in place.
  public static func += (left: inout Formula, right: Formula) { left = left + right }
}
