/// A product of symbols, a power written out: n, n, C for n²C.
struct Monomial: Hashable, Sendable, Comparable {
  /// In the order of the table of notation.
  let symbols: [Symbol]

  static let one = Monomial([])

  init(_ symbols: [Symbol]) { self.symbols = symbols.sorted() }

  /// From symbols already in order.
  init(sorted symbols: ArraySlice<Symbol>) { self.symbols = Array(symbols) }

  static func * (left: Monomial, right: Monomial) -> Monomial { Monomial(left.symbols + right.symbols) }

  static func < (left: Monomial, right: Monomial) -> Bool {
    left.symbols.lexicographicallyPrecedes(right.symbols)
  }

  /// The part in large symbols and the part in small ones: C and n² of n²C.
  var split: (large: Monomial, small: Monomial) {
    (Monomial(symbols.filter(\.isLarge)), Monomial(symbols.filter { !$0.isLarge }))
  }

  /// Each symbol once, with its power.
  var powers: [(symbol: Symbol, exponent: Int)] {
    symbols.reduce(into: []) { powers, symbol in
      if let last = powers.last, last.symbol == symbol {
        powers[powers.count - 1].exponent += 1
      } else {
        powers.append((symbol, 1))
      }
    }
  }
}
