/// One family's constants as cells of a table.
struct ConstantRow {
  private let row: ConstantResult

  init(_ row: ConstantResult) { self.row = row }

  /// Name, law, t0, η, limit, rows, residual.
  func cells() -> [String] {
    let latencies = row.latencies.map { latency in
      (row.latencies.count > 1 ? "\(latency.generation).x " : "")
        + figure(latency.seconds * 1e6, latency.errorSeconds.map { $0 * 1e6 }, digits: 1)
    }
    return [
      [row.source, row.version, row.operation].filter { !$0.isEmpty }.joined(separator: " "), row.law,
      latencies.joined(separator: ", "), row.efficiency.map { figure($0, row.efficiencyError, digits: 3) } ?? "-",
      limit ?? "-", String(row.rows), Units.percent(row.residual),
    ]
  }

  private var limit: String? {
    if let rate = row.onChipBytesPerCycle {
      // A profile's device has no clock: its rates are of all multiprocessors and a second.
      if rate > 1e6 { return "\(figure(rate / 1e12, row.onChipBytesPerCycleError.map { $0 / 1e12 }, digits: 2)) TB/s" }
      return "\(figure(rate, row.onChipBytesPerCycleError, digits: 1)) B/cycle"
    }
    let alone = row.tokenSeconds.map { nanoseconds($0, row.tokenSecondsError) }
    let pair = row.tokenPairSeconds.map { "pair \(nanoseconds($0, row.tokenPairSecondsError))" }
    let both = [alone, pair].compactMap { $0 }
    return both.isEmpty ? nil : both.joined(separator: ", ") + " ns/token"
  }

  private func nanoseconds(_ time: Double, _ error: Double?) -> String {
    figure(time * 1e9, error.map { $0 * 1e9 }, digits: 2)
  }

  private func figure(_ value: Double, _ error: Double?, digits: Int) -> String {
    Units.fixed(value, digits: digits) + (error.map { " ± \(Units.fixed($0, digits: digits))" } ?? "")
  }
}
