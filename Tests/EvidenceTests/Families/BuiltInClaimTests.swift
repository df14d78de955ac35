import Quantities
import Testing

@testable import Evidence

/// The tables that others published against the constants learned on their other rows.
@Suite struct `On rows not learned from` {
  @Test func `every stated tolerance holds`() throws {
    let outcomes = EvidenceReport.outcomes(of: try report { $0 }.rows)
    #expect(outcomes.map(\.claim.name) == ["kernels", "post", "pre"])
    #expect(outcomes.map(\.claim.median) == [0.03, 0.04, 0.10])
    #expect(outcomes.first?.claim.worst == 0.10)
    for outcome in outcomes {
      #expect(outcome.holds, "\(outcome.claim.name): \(outcome.errors)")
      // Enough rows that a median means something.
      #expect(outcome.errors.rows >= 25)
    }
  }

  /// Planted faults: what was measured is not what is predicted.
  @Test(arguments: [TimedOperation.post, .pre, .aggregateForward, .postBackward])
  func `no tolerance holds where the measured times are half again as long`(operation: TimedOperation) throws {
    let changed = try report { row in
      var row = row
      if row.operation == operation { row.time = Seconds(1.5 * row.time.value) }
      return row
    }
    #expect(EvidenceReport.outcomes(of: changed.rows).contains { !$0.holds })
  }

  @Test func `no tolerance of post holds where the bus of the B200 is taken for the rounder 9 TB/s`() throws {
    let learned = try BuiltInEvidence.learned()
    let devices = try BuiltInEvidence.devices()
    let good = try EvidenceModel(learningFrom: learned, devices: devices)
    var wrong = good
    var device = try #require(devices.device(named: "b200"))
    device.bandwidth = BytesPerSecond(9e12)
    wrong.devices = devices.replacing(device)
    let rows = try BuiltInEvidence.measurements().filter { $0.operation == .post && $0.system == "b200_sxm" }
    func holds(_ model: EvidenceModel) throws -> Bool? {
      let report = try EvidenceReport(rows, model: model, isLearned: Split.contains(learned), file: "built-in")
      return EvidenceReport.outcomes(of: report.rows).first?.holds
    }
    #expect(try holds(good) == true)
    #expect(try holds(wrong) == false)
  }

  @Test func `post carries over from either system to the other within the tolerance`() throws {
    let rows = try BuiltInEvidence.measurements().filter { $0.operation.calls == 2 }
    let transfers = try Transfer.all(rows, devices: BuiltInEvidence.devices())
    let post = transfers.filter { $0.operation == .post }
    #expect(Set(post.map(\.tested)) == ["b200_sxm", "h100_sxm"])
    for transfer in post { #expect(transfer.errors.median <= 0.04) }
    let pre = try #require(transfers.first { $0.operation == .pre && $0.learned == "b200_sxm" })
    #expect(pre.errors.median <= 0.10)
  }

  @Test func `an unknown system or kernel is named with its line`() throws {
    var row = try #require(try BuiltInEvidence.measurements().last)
    row.line = 12
    row.system = "tpu_v5p"
    let model = try EvidenceModel(learningFrom: BuiltInEvidence.learned(), devices: BuiltInEvidence.devices())
    let unknown = #expect(throws: EvidenceError.self) {
      try EvidenceReport([row], model: model, isLearned: { _ in false }, file: "x.csv")
    }
    #expect(unknown?.description.hasPrefix("x.csv, line 12: system: ") == true)
    #expect(unknown?.description.contains("'tpu_v5p'") == true)
    row.system = "b200_sxm"
    row.operation = .postForward
    let family = #expect(throws: EvidenceError.self) {
      try EvidenceReport([row], model: model, isLearned: { _ in false }, file: "x.csv")
    }
    #expect(family?.description.contains("post forward") == true)
  }

  @Test func `an engine or a version that nobody timed has the constants of the nearest`() throws {
    let model = try EvidenceModel(learningFrom: BuiltInEvidence.learned(), devices: BuiltInEvidence.devices())
    var row = try #require(try BuiltInEvidence.measurements().first { $0.source == "vllm" && $0.operation == .pre })
    let known = try #require(try model.prediction(row))
    row.version = "9.9"
    #expect(try model.prediction(row) == known)
    row.source = "another"
    let pooled = try #require(try model.prediction(row))
    #expect(abs(pooled.time / known.time - 1) < 0.2)
  }

  /// 4 bytes of weight a multiply-add, 128 bytes a cycle: a stream's element of 2 bytes meets 24 weights.
  @Test func `an A100 without matrix units for the projection is slower than its bandwidth, an L40S is not`() throws {
    let model = try EvidenceModel(learningFrom: BuiltInEvidence.learned(), devices: BuiltInEvidence.devices())
    func time(_ system: String, _ source: String) throws -> Double {
      let row = Measurement(
        source: source, version: "1.3.0rc20", system: system, operation: .pre, streams: 4, channels: 7168,
        tokens: 262_144, time: Seconds(1))
      return try #require(try model.prediction(row)).time.value
    }
    // 2 calls × 262144 tokens × 4 × 7168 elements × 24 weights × 4 bytes / (128 bytes × 108 × 1.41 GHz) = 74 ms.
    let weightBytes: Double = 2 * 262_144 * 4 * 7168 * 24 * 4
    let projection: Double = weightBytes / (128 * 108 * 1.41e9)
    #expect(try time("a100_sxm", "trtllm") > projection)
    #expect(try time("a100_sxm", "trtllm") < projection + 0.025)
    #expect(try time("a100_sxm", "vllm") < projection)
  }

  private func report(_ change: (Measurement) -> Measurement) throws -> EvidenceReport {
    let learned = try BuiltInEvidence.learned()
    let model = try EvidenceModel(learningFrom: learned, devices: BuiltInEvidence.devices())
    return try EvidenceReport(
      try BuiltInEvidence.measurements().map(change), model: model, isLearned: Split.contains(learned), file: "built-in"
    )
  }
}
