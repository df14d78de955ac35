import Evidence
import Quantities

/// The comparison as tables.
struct EvidenceText {
  let document: EvidenceDocument

  var text: String {
    var parts = [tolerances, summary, constants]
    if !document.transfers.isEmpty { parts.append(transfers) }
    parts.append(worst)
    if !document.memory.isEmpty { parts.append(memory) }
    if !document.reached.isEmpty { parts.append(reached) }
    parts += sources
    parts.append(
      (["Assumed:"] + document.assumptions.map { "- \($0)" } + ["Left out:"] + document.excluded.map { "- \($0)" })
        .joined(separator: "\n"))
    return parts.joined(separator: "\n\n")
  }

  private var tolerances: String {
    guard !document.tolerances.isEmpty else { return "No row is tested: all of them were learned from." }
    var table = TextTable(
      header: ["stated tolerance", "rows", "median", "at most", "worst", "at most", "holds"], leftAligned: [0])
    for claim in document.tolerances {
      table.append([
        claim.what, String(claim.rows), percent(claim.medianAbsoluteError), claim.medianLimit.map(percent) ?? "-",
        percent(claim.worstAbsoluteError), claim.worstLimit.map(percent) ?? "-", claim.holds ? "yes" : "NO",
      ])
    }
    return "\(table.text)\n\(document.split)"
  }

  private var summary: String {
    var table = TextTable(
      header: ["source", "operation", "side", "rows", "median", "worst"], leftAligned: [0, 1, 2])
    for row in document.summary {
      table.append([
        row.source, row.operation, row.side, String(row.rows), percent(row.medianAbsoluteError),
        percent(row.worstAbsoluteError),
      ])
    }
    return table.text
  }

  private var constants: String {
    var table = TextTable(
      header: ["kernel family", "law", "t0 µs", "η", "limit", "rows", "residual"], leftAligned: [0, 1])
    for row in document.constants { table.append(ConstantRow(row).cells()) }
    return "\(table.text)\n± is one standard error of the fit. A limit in B/cycle is of one multiprocessor."
  }

  private var transfers: String {
    var table = TextTable(
      header: ["operation", "learned on all of", "tested on all of", "rows", "median", "worst"], leftAligned: [0, 1, 2])
    for row in document.transfers {
      table.append([
        row.operation, row.learnedSystem, row.testedSystem, String(row.rows), percent(row.medianAbsoluteError),
        percent(row.worstAbsoluteError),
      ])
    }
    return "\(table.text)\nOn an H100 bandwidth hides what binds the projection: it cannot be learned there."
  }

  private var memory: String {
    var table = TextTable(
      header: ["memory", "predicted", "measured", "error", "added", "measured", "error"], leftAligned: [0])
    for row in document.memory {
      let isPerToken = row.measuredBytes < 1 << 24
      func size(_ bytes: Int) -> String {
        isPerToken ? "\(bytes) B" : "\(Units.fixed(Double(bytes) / 1e9, digits: 2)) GB"
      }
      table.append([
        row.name, size(row.predictedBytes), size(row.measuredBytes), signed(row.errorFraction),
        size(row.addedPredictedBytes), size(row.addedMeasuredBytes), signed(row.addedErrorFraction),
      ])
    }
    let notes = document.memory.compactMap { row in row.leftOut.map { "\(row.name): \($0)." } }
    return ([table.text] + notes).joined(separator: "\n")
  }

  private var reached: String {
    var table = TextTable(
      header: ["source", "system", "operation", "tokens", "channels", "measured", "of the bandwidth"],
      leftAligned: [0, 1, 2])
    for row in document.reached {
      table.append([
        row.source, row.system, row.operation, String(row.tokens), String(row.channels),
        Units.seconds(row.measuredSeconds), percent(row.bandwidthFraction),
      ])
    }
    return "\(table.text)\nTimed at one size: what it reaches with the ledger's bytes; nothing is learned or claimed."
  }

  private var sources: [String] {
    let names = document.rows.map(\.source)
    return Set(names).sorted().map { source in
      var table = TextTable(
        header: [source, "system", "operation", "tokens", "channels", "side", "predicted", "measured", "error"],
        leftAligned: [0, 1, 2, 5])
      for row in document.rows where row.source == source {
        table.append([
          row.version, row.system, row.operation, String(row.tokens), String(row.channels), row.side,
          Units.seconds(row.predictedSeconds), Units.seconds(row.measuredSeconds), signed(row.errorFraction),
        ])
      }
      return table.text
    }
  }

  private var worst: String {
    let tested = document.rows.filter { $0.side == EvidenceRow.Side.tested.rawValue }
    let found = tested.sorted { $0.errorFraction.magnitude > $1.errorFraction.magnitude }.prefix(10)
    let lines = found.map { row in
      let name = [row.source, row.version, row.operation].filter { !$0.isEmpty }.joined(separator: " ")
      return "\(signed(row.errorFraction))  \(name), \(row.system), \(row.tokens) × \(row.channels): \(row.explanation)"
    }
    return (["The worst tested rows:"] + lines).joined(separator: "\n")
  }

  private func percent(_ fraction: Double) -> String { Units.percent(fraction) }

  private func signed(_ fraction: Double) -> String { (fraction > 0 ? "+" : "") + Units.percent(fraction) }
}
