extension Formula: CustomStringConvertible {
  /// The formula as the paper prints it: grouped by its large symbols, small terms last.
  public var description: String {
    if isZero { return "0" }
    let groups = Dictionary(grouping: coefficients) { $0.key.split.large }
    let parts = groups.keys.sorted(by: Monomial.printsBefore).map { large in
      Self.text(large: large, terms: (groups[large] ?? []).map { ($0.key.split.small, $0.value) })
    }
    return Self.joined(parts, plus: " + ", minus: " - ")
  }

  /// One group: `(5n+1)C`, or its bare terms when no large symbol is in it.
  private static func text(large: Monomial, terms: [(small: Monomial, coefficient: Int)]) -> String {
    let sorted = terms.sorted { Monomial.printsBefore($0.small, $1.small) }
    if large == .one {
      return joined(sorted.map { term($0.coefficient, $0.small) }, plus: " + ", minus: " - ")
    }
    if sorted.count == 1 {
      return term(sorted[0].coefficient, sorted[0].small * large)
    }
    return "(" + joined(sorted.map { term($0.coefficient, $0.small) }, plus: "+", minus: "-") + ")\(large)"
  }

  private static func term(_ coefficient: Int, _ monomial: Monomial) -> String {
    if monomial == .one { return String(coefficient) }
    switch coefficient {
    case 1: return monomial.description
    case -1: return "-\(monomial)"
    default: return "\(coefficient)\(monomial)"
    }
  }

  private static func joined(_ parts: [String], plus: String, minus: String) -> String {
    parts.dropFirst().reduce(parts[0]) { text, part in
      part.hasPrefix("-") ? text + minus + part.dropFirst() : text + plus + part
    }
  }
}

extension Monomial: CustomStringConvertible {
  /// Letters side by side; a dot where letters of more than one character would run together.
  var description: String {
    var text = ""
    var previous = ""
    for power in powers {
      let letter = power.symbol.letter
      if !text.isEmpty, letter.count > 1 || previous.count > 1 { text += "·" }
      text += power.exponent == 1 ? letter : letter + Self.superscript(power.exponent)
      previous = letter
    }
    return text
  }

  /// Higher degrees first, then the order of the table of notation.
  static func printsBefore(_ left: Monomial, _ right: Monomial) -> Bool {
    if left.symbols.count != right.symbols.count { return left.symbols.count > right.symbols.count }
    return left < right
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return String(String(exponent).compactMap { $0.wholeNumberValue.map { digits[$0] } })
  }
}
