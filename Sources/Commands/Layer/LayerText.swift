import CostModel

/// `layer` for people: the connections side by side, then the rows of each.
struct LayerText {
  let document: LayerDocument
  /// Whether the operations of each connection follow the summary.
  let showsRows: Bool

  var text: String {
    let request = document.request
    let title =
      "One connection, per token: n = \(request.streams), C = \(request.channels), "
      + "streams \(request.streamFormat.rawValue)"
    let details =
      showsRows
      ? document.connections.flatMap { ["", rows(of: $0)] }
      : ["", "Name a --connection for its operations, row by row."]
    return ([title, "", summary] + details + ["", notes]).joined(separator: "\n")
  }

  private var summary: String {
    var table = TextTable(
      header: [
        "connection", "fusion", "parameters", "fwd read", "written", "bwd read", "written", "recompute", "written",
        "fwd FLOP", "bwd FLOP",
      ], leftAligned: [0, 1])
    for result in document.connections {
      table.append([
        result.connection.rawValue, result.fusion.rawValue + (result.coversPreNorm ? " *" : ""),
        String(result.parameters), String(result.forward.readElements), String(result.forward.writtenElements),
        String(result.backward.readElements), String(result.backward.writtenElements),
        String(result.recompute.readElements), String(result.recompute.writtenElements),
        String(result.forward.flops), String(result.backward.flops),
      ])
    }
    return table.text
      + (document.connections.contains(where: \.coversPreNorm)
        ? "\n* includes the pre-norm of the layer function; the others add C read and C written for it." : "")
  }

  private func rows(of result: ConnectionResult) -> String {
    var table = TextTable(
      header: ["\(result.connection.rawValue), \(result.fusion.rawValue)", "read", "written", "elements", "", "FLOP"],
      leftAligned: [0, 1, 2])
    for (name, pass) in [
      ("forward", result.forward), ("backward", result.backward), ("recompute", result.recompute),
    ] {
      for row in pass.operations {
        table.append([
          "  \(row.name)", row.readFormula, row.writtenFormula, String(row.readElements), String(row.writtenElements),
          String(row.flops),
        ])
      }
      table.append([
        name, pass.readFormula, pass.writtenFormula, String(pass.readElements), String(pass.writtenElements),
        String(pass.flops),
      ])
    }
    return table.text
  }

  private var notes: String {
    (document.assumptions.map { "assumed: \($0)" } + document.excluded.map { "excluded: \($0)" })
      .joined(separator: "\n")
  }
}
