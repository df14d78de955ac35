import CostModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A number that counts what is done with it, under the ledger's counting rule.
struct Counted {
  var value: Double

  init(_ value: Double) { self.value = value }

  /// Counts of one run.
  struct Tally: Equatable {
    var additions = 0
    var multiplications = 0
    var divisions = 0
    var squareRoots = 0
    var exponentials = 0
    var tangents = 0

    init() {}

    /// What the ledger says.
    init(_ arithmetic: Arithmetic, at values: SymbolValues) throws {
      additions = try arithmetic.additions.evaluate(at: values)
      multiplications = try arithmetic.multiplications.evaluate(at: values)
      divisions = try arithmetic.divisions.evaluate(at: values)
      squareRoots = try arithmetic.squareRoots.evaluate(at: values)
      exponentials = try arithmetic.exponentials.evaluate(at: values)
      tangents = try arithmetic.tangents.evaluate(at: values)
    }
  }

  private final class Box: @unchecked Sendable { var tally = Tally() }
  @TaskLocal private static var box = Box()

  /// What `body` does, counted on this task alone.
  static func counting(_ body: () -> Void) -> Tally {
    let box = Box()
    $box.withValue(box, operation: body)
    return box.tally
  }

  static func + (left: Self, right: Self) -> Self {
    box.tally.additions += 1
    return Self(left.value + right.value)
  }
  static func - (left: Self, right: Self) -> Self {
    box.tally.additions += 1
    return Self(left.value - right.value)
  }
  static func * (left: Self, right: Self) -> Self {
    box.tally.multiplications += 1
    return Self(left.value * right.value)
  }
  static func / (left: Self, right: Self) -> Self {
    box.tally.divisions += 1
    return Self(left.value / right.value)
  }
  static prefix func - (number: Self) -> Self { Self(-number.value) }
  static func root(_ number: Self) -> Self {
    box.tally.squareRoots += 1
    return Self(number.value.squareRoot())
  }
  static func exponential(_ number: Self) -> Self {
    box.tally.exponentials += 1
    return Self(exp(number.value))
  }
  static func tangent(_ number: Self) -> Self {
    box.tally.tangents += 1
    return Self(tanh(number.value))
  }

  /// A dot product whose accumulator starts from `start`.
  static func dot(_ pairs: some Sequence<(Self, Self)>, from start: Self = Self(0)) -> Self {
    var sum = start
    for (left, right) in pairs { sum = sum + left * right }
    return sum
  }

  /// A sum that starts from its first number.
  static func sum(_ numbers: [Self]) -> Self { numbers.dropFirst().reduce(numbers[0]) { $0 + $1 } }
}
