import CostModel
import Quantities

/// What was measured, for people: medians, and how far the samples of each probe spread.
struct MeasureText {
  let rates: MachineRates
  let hardware: Hardware
  let isKept: Bool

  var text: String {
    let identity = rates.identity
    let caches = identity.caches.map { "L\($0.level) \(Units.bytes($0.size.count))" }
    let head = [
      "\(identity.cores) × \(identity.processor), \(identity.instructionSet), "
        + (caches.isEmpty ? "caches unknown" : caches.joined(separator: ", ")),
      "\(identity.kernel); OpenBLAS: \(identity.openBLAS ?? "none")",
      "\(rates.conditions.rounds) samples of each of \(rates.probeCount) probes, in turns. Figures are medians; ± is the "
        + "interquartile range over the median, the widest of a row.",
    ]
    let tables =
      rates.threadCounts.map(memory) + [products, vector, starts].compactMap { $0 } + [roofline]
      + (isKept ? [] : ["Not kept: --out FILE writes it as a profile for --hardware."])
    return (head + tables.flatMap { ["", $0] }).joined(separator: "\n")
  }

  private func memory(_ threads: Int) -> String {
    let points = rates.memory.filter { $0.threads == threads }
    let sizes = Set(points.map(\.workingSet)).sorted()
    var table = TextTable(header: ["reads : writes"] + sizes.map { Units.bytes($0.count) } + ["±"])
    struct Kind: Hashable {
      var mix: MemoryMix
      var row: Bytes?
      var multiplyAdds: Int
    }
    let kinds = points.map { Kind(mix: $0.mix, row: $0.row, multiplyAdds: $0.multiplyAdds) }
    var seen: Set<Kind> = []
    for kind in kinds where seen.insert(kind).inserted {
      let mix = kind.mix
      let row = points.filter { $0.mix == mix && $0.row == kind.row && $0.multiplyAdds == kind.multiplyAdds }
      let cells = sizes.map { size in
        row.first { $0.workingSet == size }.map { Units.fixed($0.rate.value / 1e9, digits: 1) } ?? "-"
      }
      let store = mix.writes == 0 ? "" : " \(mix.store.rawValue)"
      let rows = kind.row.map { ", rows of \(Units.bytes($0.count))" } ?? ""
      let work = kind.multiplyAdds > 0 ? ", \(kind.multiplyAdds) multiply-adds" : ""
      table.append(["\(mix.reads) : \(mix.writes)\(store)\(rows)\(work)"] + cells + [spread(row.map(\.samples))])
    }
    return "memory, GB/s loaded and stored, \(shown(threads)), by working set\n\(table.text)"
  }

  private var products: String? {
    let shapes = rates.products.map(\.shape)
    guard !shapes.isEmpty else { return nil }
    var table = header("product")
    var seen: Set<ProductShape> = []
    for shape in shapes where seen.insert(shape).inserted {
      let row = rates.products.filter { $0.shape == shape }
      let form = shape.form == .plain ? "" : ", \(shape.form.rawValue)"
      table.append(
        ["\(shape.rows)×\(shape.inner) · \(shape.inner)×\(shape.columns)\(form)"]
          + cells { threads in row.first { $0.threads == threads }.map { $0.rate.value / 1e9 } }
          + [spread(row.map(\.samples))])
    }
    return "matrix products through OpenBLAS, GFLOP/s\n\(table.text)"
  }

  private var vector: String? {
    guard !rates.vector.isEmpty else { return nil }
    var table = header("vector code")
    for work in VectorWork.allCases {
      let row = rates.vector.filter { $0.work == work }
      table.append(
        [work.rawValue] + cells { threads in row.first { $0.threads == threads }.map { $0.rate.value / 1e9 } }
          + [spread(row.map(\.samples))])
    }
    return "vector code, 10⁹ results/s; a multiply-add is one result and two FLOPs\n\(table.text)"
  }

  private var starts: String? {
    guard !rates.starts.isEmpty else { return nil }
    var table = header("others before")
    for state in StartState.allCases {
      let row = rates.starts.filter { $0.state == state }
      table.append(
        [state.rawValue] + cells { threads in rates.startLatency(threads: threads, state).map { $0.value * 1e6 } }
          + [spread(row.map(\.samples))])
    }
    return "a parallel call until its last thread has begun, µs\n\(table.text)"
  }

  private var roofline: String {
    let efficiency = hardware.memoryEfficiency.value
    let matrix = hardware.matrixEfficiency.value
    let peak = hardware.matrixPeak[.float32]?.value.value ?? 0
    return """
      for a plan: B = \(Units.figure(hardware.memoryBandwidth.value.value / 1e9)) GB/s on the memory bus, \
      η = \(Units.figure(efficiency.low)) to 1, expected \(Units.figure(efficiency.expected)); an ordinary store \
      \(hardware.hasWriteAllocate.value ? "reads its line first" : "reads nothing")
      P = \(Units.figure(peak / 1e9)) GFLOP/s in fp32, η' = \(Units.figure(matrix.low)) to \(Units.figure(matrix.high)), \
      expected \(Units.figure(matrix.expected))
      """
  }

  private func header(_ first: String) -> TextTable {
    TextTable(header: [first] + rates.threadCounts.map(shown) + ["±"])
  }

  private func cells(_ value: (Int) -> Double?) -> [String] {
    rates.threadCounts.map { value($0).map { Units.fixed($0, digits: $0 < 10 ? 2 : 1) } ?? "-" }
  }

  private func spread(_ samples: [Samples]) -> String {
    samples.map(\.spread).max().map { Units.percent($0) } ?? "-"
  }

  private func shown(_ threads: Int) -> String { "\(threads) thread\(threads == 1 ? "" : "s")" }
}
