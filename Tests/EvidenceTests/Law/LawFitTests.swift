import Quantities
import Testing

@testable import Evidence

private let fast = Device(
  name: "fast", capability: 100, bandwidth: BytesPerSecond(8e12), cyclesPerSecond: 3e11, source: "made up")
private let slow = Device(
  name: "slow", capability: 90, bandwidth: BytesPerSecond(2e12), cyclesPerSecond: 2.5e11, source: "made up")

private let walker = Device(
  name: "walker", capability: 100, bandwidth: BytesPerSecond(8e12), multiprocessors: 10, cyclesPerSecond: 1.5e10,
  source: "made up")

/// Times made from known constants by formulas written out here.
@Suite struct `A law fitted to times of known constants` {
  @Test func `finds t0 and η exactly, one t0 a generation`() throws {
    let rows = sizes.flatMap { size in
      [
        measurement(.post, fast, size, 2 * (5e-6 + postBytes(size) / (0.9 * 8e12))),
        measurement(.post, slow, size, 2 * (3e-6 + postBytes(size) / (0.9 * 2e12))),
      ]
    }
    let law = try #require(try fit(rows, .post))
    expectNear(law.efficiency?.value, 0.9)
    expectNear(law.latencies[10]?.value, 5e-6)
    expectNear(law.latencies[9]?.value, 3e-6)
    #expect(law.spread < 1e-9)
  }

  @Test func `finds the time a token of blocks that walk over tokens, alone and two at a time`() throws {
    // Blocks of 128 of the 4C channels on ten multiprocessors: 1 to 4 blocks on each.
    let rows = [(8192, 256, 1), (16384, 320, 1), (8192, 512, 2), (32768, 640, 2), (4096, 960, 3), (8192, 1280, 4)].map {
      tokens, channels, blocks in
      let perToken = Double(blocks / 2) * 1.2e-7 + Double(blocks % 2) * 9e-8
      return measurement(
        .projectionBackward, walker, (tokens, channels), 3e-5 + Double(tokens) * perToken, source: "tilelang")
    }
    let law = try #require(try fit(rows, .projectionBackward))
    expectNear(law.limit?.value, 9e-8)
    expectNear(law.pairLimit?.value, 1.2e-7)
    expectNear(law.latencies[10]?.value, 3e-5)
  }

  @Test func `finds the rate of blocks that come in waves`() throws {
    // 32 tokens a block on ten multiprocessors: 320 tokens a wave, the last one never full.
    let rows = [(300, 4096), (700, 4096), (1000, 4096), (1000, 7168), (5000, 4096)].map { tokens, channels in
      let waves = (tokens + 319) / 320
      let call = 4 * channels * 24 * 4
      let bytes = tokens * (4 * channels * 2 + 25 * 4) + call
      let moved = Double(bytes) / Double(tokens) * Double(waves * 320)
      return measurement(
        .projectionForward, walker, (tokens, channels), 1e-5 + moved / (20 * 1.5e10), source: "tilelang")
    }
    let law = try #require(try fit(rows, .projectionForward))
    expectNear(law.limit?.value, 20)
    expectNear(law.latencies[10]?.value, 1e-5)
  }

  @Test func `finds what multiprocessors take in where bandwidth does not hide it`() throws {
    var rows: [Measurement] = []
    for size in sizes {
      for device in [fast, slow] {
        let b = device.bandwidth.value
        rows.append(measurement(.post, device, size, 2 * (4e-6 + postBytes(size) / (0.9 * b))))
        let work = try KernelWork(measurement(.pre, device, size, 1))
        // 15 bytes a cycle: 4.5 TB/s, which 0.9 × 8 exceeds and 0.9 × 2 does not.
        let projection = max(work.matrixBytes / (0.9 * b), work.matrixBytes / (15 * (device.cyclesPerSecond ?? 0)))
        rows.append(measurement(.pre, device, size, 2 * (1e-5 + work.otherBytes / (0.9 * b) + projection)))
      }
    }
    let model = try EvidenceModel(learningFrom: rows, devices: DeviceTable([fast, slow]))
    let law = try #require(model.laws[KernelFamily(source: "made", version: "1", operation: .pre)])
    expectNear(law.limit?.value, 15)
    expectNear(law.latencies[9]?.value, 1e-5)
    // A device that neither was: the law gives the formula's time.
    for row in rows {
      let found = try #require(try model.prediction(row))
      expectNear(found.time.value, row.time.value)
    }
  }

  @Test func `is not led astray by one wrong time among many`() throws {
    var rows = (1...20).map { size in
      measurement(.post, fast, (4096 * size, 4096), 2 * (5e-6 + postBytes((4096 * size, 4096)) / (0.9 * 8e12)))
    }
    rows[7].time = Seconds(3 * rows[7].time.value)
    let law = try #require(try fit(rows, .post))
    #expect(abs((law.efficiency?.value ?? 0) / 0.9 - 1) < 0.005)
  }

  @Test func `has error bars that cover the constants where times scatter`() throws {
    // Alternating errors of one percent: the scatter is known, not random.
    let rows = (1...24).map { size in
      let exact = 2 * (5e-6 + postBytes((1024 * size, 4096)) / (0.9 * 8e12))
      return measurement(.post, fast, (1024 * size, 4096), exact * (size.isMultiple(of: 2) ? 1.01 : 0.99))
    }
    let law = try #require(try fit(rows, .post))
    let efficiency = try #require(law.efficiency)
    let error = try #require(efficiency.error)
    #expect(abs(efficiency.value - 0.9) < 3 * error)
    // One percent over 24 rows: a few thousandths.
    #expect(error > 0.0005 && error < 0.02)
    #expect(abs(law.spread - 0.01) < 0.001)
  }

  @Test func `never has a launch of less than no time`() throws {
    let rows = sizes.map { measurement(.post, fast, $0, 2 * (postBytes($0) / (0.9 * 8e12) - 1e-7)) }
    let law = try #require(try fit(rows, .post))
    #expect(law.latencies[10]?.value == 0)
  }

  @Test func `is none where rows do not determine it`() throws {
    #expect(try fit([measurement(.post, fast, (4096, 4096), 1e-4)], .post) == nil)
    let same = (0..<5).map { _ in measurement(.post, fast, (4096, 4096), 1e-4) }
    #expect(try fit(same, .post) == nil)
  }

  // MARK: Made-up rows

  private let sizes = [(4096, 4096), (8192, 4096), (65536, 4096), (4096, 7168), (65536, 7168)]

  /// (2n+1)C in bf16 and n² + n coefficients in fp32, n = 4.
  private func postBytes(_ size: (Int, Int)) -> Double { Double(size.0 * (9 * size.1 * 2 + 20 * 4)) }

  private func measurement(
    _ operation: TimedOperation, _ device: Device, _ size: (Int, Int), _ seconds: Double, source: String = "made"
  ) -> Measurement {
    Measurement(
      source: source, version: "1", system: device.name, operation: operation, streams: 4, channels: size.1,
      tokens: size.0, time: Seconds(seconds))
  }

  private func fit(_ rows: [Measurement], _ operation: TimedOperation) throws -> KernelLaw? {
    let model = try EvidenceModel(learningFrom: rows, devices: DeviceTable([fast, slow, walker]))
    return model.laws.first { $0.key.operation == operation }?.value
  }

  private func expectNear(_ found: Double?, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(abs((found ?? 0) / expected - 1) < 1e-6, "\(found ?? 0)", sourceLocation: sourceLocation)
  }
}
