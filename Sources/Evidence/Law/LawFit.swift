/// Fits a law's constants to measured calls.
enum LawFit {
  /// The law of a form; nil where the rows do not determine it.
  ///
  /// Which rows the limit binds is not known beforehand: rows are ordered by the limit's work over their bytes, every
  /// cut of that order is fitted, and the one whose law, evaluated with its maximum, comes nearest is taken.
  ///
  /// - Parameters:
  ///   - samples: measured calls, all of this form.
  ///   - form: the law.
  ///   - efficiency: η where it is known from elsewhere.
  static func fit(_ samples: [LawSample], form: LawForm, efficiency: KernelLaw.Constant? = nil) -> KernelLaw? {
    switch form {
    case .streaming: candidate(samples, form, efficiency, bound: [])
    case .latency: candidate(samples, form, efficiency, bound: Set(samples.indices))
    case .serial, .onChip:
      cuts(samples).compactMap { candidate(samples, form, efficiency, bound: $0) }
        .min { $0.spread < $1.spread }
    }
  }

  /// The sets of rows that a limit can bind: the first so many in the order of limit over bytes.
  private static func cuts(_ samples: [LawSample]) -> [Set<Int>] {
    let ratios = samples.map { $0.limitedSeconds > 0 ? $0.limitWork / $0.limitedSeconds : 0 }
    let thresholds = Set(ratios).sorted()
    // A million rows have a million cuts; some hundreds of them are close enough.
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
        let values = [law.efficiency?.value, law.limit?.value].compactMap { $0 }
        return values.allSatisfy { $0.isFinite && $0 > 0 } ? law : nil
      }
      generations.removeAll { $0 == negative }
    }
  }

  private static func solve(
    _ samples: [LawSample], _ form: LawForm, _ given: KernelLaw.Constant?, _ bound: Set<Int>, _ generations: [Int]
  ) -> KernelLaw? {
    let memory = samples.indices.map { row in
      samples[row].freeSeconds + (bound.contains(row) ? 0 : samples[row].limitedSeconds)
    }
    var columns = generations.map { generation in samples.map { $0.generation == generation ? 1.0 : 0.0 } }
    var offsets = Array(repeating: 0.0, count: samples.count)
    if let given { offsets = memory.map { $0 / given.value } } else if form != .latency { columns.append(memory) }
    if !bound.isEmpty { columns.append(samples.indices.map { bound.contains($0) ? samples[$0].limitWork : 0 }) }
    let values = samples.map(\.seconds)
    guard !columns.isEmpty, let fit = LeastSquares.fit(columns: columns, offsets: offsets, values: values) else {
      return nil
    }
    func constant(_ place: Int) -> KernelLaw.Constant {
      KernelLaw.Constant(fit.coefficients[place], error: fit.errors?[place])
    }
    /// 1/x with the error of x carried over.
    func inverse(_ place: Int) -> KernelLaw.Constant {
      let slope = constant(place)
      return KernelLaw.Constant(1 / slope.value, error: slope.error.map { $0 / (slope.value * slope.value) })
    }
    var law = KernelLaw(
      form: form, latencies: [:], efficiency: form == .latency ? nil : given, samples: samples.count)
    for (place, generation) in generations.enumerated() { law.latencies[generation] = constant(place) }
    for generation in Set(samples.map(\.generation)) where law.latencies[generation] == nil {
      law.latencies[generation] = KernelLaw.Constant(0)
    }
    var next = generations.count
    if given == nil, form != .latency {
      law.efficiency = inverse(next)
      next += 1
    }
    if !bound.isEmpty { law.limit = form == .onChip ? inverse(next) : constant(next) }
    law.spread = spread(law, samples)
    return law
  }

  /// Root mean square of the relative residuals, the maximum evaluated.
  private static func spread(_ law: KernelLaw, _ samples: [LawSample]) -> Double {
    let squares = samples.map { sample in
      let residual = law.seconds(sample) / sample.seconds - 1
      return residual * residual
    }
    return (squares.reduce(0, +) / Double(max(1, squares.count))).squareRoot()
  }
}
