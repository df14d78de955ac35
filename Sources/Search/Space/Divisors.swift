/// The divisors of a number, found once for each number that is asked for.
struct Divisors {
  private var known: [Int: [Int]] = [:]

  /// Divisors of `number`.
  /// - Parameter number: 1 to 2⁶²; trial division takes its square root.
  /// - Returns: the divisors, ascending.
  mutating func callAsFunction(_ number: Int) -> [Int] {
    if let divisors = known[number] { return divisors }
    var (small, large): ([Int], [Int]) = ([], [])
    var divisor = 1
    while divisor * divisor <= number {
      if number % divisor == 0 {
        small.append(divisor)
        if divisor != number / divisor { large.append(number / divisor) }
      }
      divisor += 1
    }
    let divisors = small + large.reversed()
    known[number] = divisors
    return divisors
  }
}
