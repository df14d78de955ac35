import Quantities
import Testing

@testable import Evidence

@Suite struct `Built-in evidence` {
  @Test func `prints its figures`() throws {
    let devices = try BuiltInEvidence.devices()
    let rows = try BuiltInEvidence.measurements()
    let learned = try BuiltInEvidence.learned()
    let model = try EvidenceModel(learningFrom: learned, devices: devices)
    for (family, law) in model.laws.sorted(by: { $0.key < $1.key }) { print(family, law) }
    let report = try EvidenceReport(rows, model: model, learned: learned, file: "x")
    for outcome in report.outcomes { print(outcome.claim.name, outcome.errors, outcome.holds) }
    for transfer in try Transfer.all(rows.filter { $0.operation.calls == 2 }, devices: devices) { print(transfer) }
    for row in report.rows.filter({ $0.side == .tested }).sorted(by: {
      $0.errorFraction.magnitude > $1.errorFraction.magnitude
    }).prefix(30) {
      print(
        row.measurement.source, row.measurement.version, row.measurement.system, row.measurement.operation.rawValue,
        row.measurement.channels, row.measurement.tokens, row.errorFraction)
    }
  }
}
