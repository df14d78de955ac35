/// Fits a law's constants to measured calls.
enum LawFit {
  /// The law of a form.
  ///
  /// Which rows an on-chip limit binds is not known beforehand: rows are ordered by the limit's work over their bytes,
  /// every cut of that order is fitted, and the one whose law, evaluated with its maximum, comes nearest is taken.
  ///
  /// - Parameters:
  ///   - samples: measured calls, all of this form.
  ///   - form: the law.
  ///   - efficiency: η where it is known from elsewhere.
  /// - Returns: the law; nil where the rows do not determine it.
  static func fit(_ samples: [LawSample], form: LawForm, efficiency: KernelLaw.Constant? = nil) -> KernelLaw? {
    switch form {
    case .streaming: candidate(samples, form, efficiency, bound: [])
    case .waves, .serial: candidate(samples, form, nil, bound: Set(samples.indices))
    case .onChip:
      cuts(samples).compactMap { candidate(samples, form, efficiency, bound: $0) }
        .min { $0.spread < $1.spread }
    }
  }

  /// The sets of rows that a limit can bind: the first so many in the order of limit over bytes.
  private static func cuts(_ samples: [LawSample]) -> [Set<Int>] {
    let ratios = samples.map { $0.limitedSeconds > 0 ? $0.limitWork / $0.limitedSeconds : 0 }
    let thresholds = Set(ratios).sorted()
    // Some thousand rows have as many cuts; some hundreds of them are close enough.
    let step = max(1, thresholds.count / 200)
    let chosen = stride(from: 0, to: thresholds.count, by: step).map { thresholds[$0] }
    return [[]] + chosen.map { threshold in Set(samples.indices.filter { ratios[$0] >= threshold }) }
  }

  private static func candidate(
    _ samples: [LawSample], _ form: LawForm, _ given: KernelLaw.Constant?, bound: Set<Int>
  ) -> KernelLaw? {
    var generations = Set(samples.map(\.generation)).sorted()
    while true {
      guard let law = solve(samples, form, given, bound, generations) else { return nil }
      // A launch takes no less than no time: without it, the next best.
      guard let negative = generations.first(where: { (law.latencies[$0]?.value ?? 0) < 0 }) else {
        let values = [law.efficiency?.value, law.limit?.value, law.pairLimit?.value].compactMap { $0 }
        return values.allSatisfy { $0.isFinite && $0 > 0 } ? law : nil
      }
      generations.removeAll { $0 == negative }
    }
  }

  /// A term of the linear model: what its coefficient is, and its value at every row.
  private struct Term {
    var role: Role
    var column: [Double]

    enum Role: Hashable {
      case latency(Int)
      case perByte, limit, pairLimit
    }
  }

  private static func solve(
    _ samples: [LawSample], _ form: LawForm, _ given: KernelLaw.Constant?, _ bound: Set<Int>, _ generations: [Int]
  ) -> KernelLaw? {
    let memory = samples.indices.map { row in
      samples[row].freeSeconds + (bound.contains(row) ? 0 : samples[row].limitedSeconds)
    }
    var terms = generations.map { generation in
      Term(role: .latency(generation), column: samples.map { $0.generation == generation ? 1 : 0 })
    }
    if given == nil { terms.append(Term(role: .perByte, column: memory)) }
    terms.append(Term(role: .limit, column: samples.indices.map { bound.contains($0) ? samples[$0].limitWork : 0 }))
    terms.append(Term(role: .pairLimit, column: samples.indices.map { bound.contains($0) ? samples[$0].pairWork : 0 }))
    terms.removeAll { term in term.column.allSatisfy { $0 == 0 } }
    let offsets = given.map { given in memory.map { $0 / given.value } } ?? Array(repeating: 0, count: samples.count)
    guard !terms.isEmpty,
      let fit = LeastSquares.fit(columns: terms.map(\.column), offsets: offsets, values: samples.map(\.seconds))
    else { return nil }

    var law = KernelLaw(form: form, latencies: [:], efficiency: given, samples: samples.count)
    for generation in Set(samples.map(\.generation)) { law.latencies[generation] = KernelLaw.Constant(0) }
    for (place, term) in terms.enumerated() {
      let constant = KernelLaw.Constant(fit.coefficients[place], error: fit.errors?[place])
      switch term.role {
      case .latency(let generation): law.latencies[generation] = constant
      case .perByte: law.efficiency = inverse(constant)
      case .limit: law.limit = form == .serial ? constant : inverse(constant)
      case .pairLimit: law.pairLimit = constant
      }
    }
    let squares = samples.map { sample in
      let residual = law.seconds(sample) / sample.seconds - 1
      return residual * residual
    }
    law.spread = (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
    return law
  }

  /// 1/x with the error of x carried over.
  private static func inverse(_ slope: KernelLaw.Constant) -> KernelLaw.Constant {
    KernelLaw.Constant(1 / slope.value, error: slope.error.map { $0 / (slope.value * slope.value) })
  }
}
