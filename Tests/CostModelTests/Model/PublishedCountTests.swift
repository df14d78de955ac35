import CostModel
import Quantities
import Testing

/// A figure as it was published, so that its last digit says how exact it is.
struct Published: Sendable, CustomStringConvertible {
  var model: ModelShape
  var text: String
  var description: String { "\(model.name) \(text)" }

  init(_ model: ModelShape, _ text: String) {
    self.model = model
    self.text = text
  }

  /// The number before the letter, and what the letter stands for.
  private var parts: (number: Double, scale: Double) {
    let scales: [Character: Double] = ["M": 1e6, "B": 1e9, "T": 1e12]
    return (Double(text.dropLast()) ?? .nan, text.last.flatMap { scales[$0] } ?? .nan)
  }
  var value: Double { parts.number * parts.scale }

  /// 1 % where three digits were published; half a unit of the last digit where there are fewer.
  var tolerance: Double {
    let digits = text.filter(\.isNumber).count
    if digits >= 3 { return 0.01 * value }
    let decimals = text.split(separator: ".").dropFirst().first.map { $0.count - 1 } ?? 0
    return 0.5 * parts.scale / (decimals == 0 ? 1 : 10)
  }

  func agrees(with count: Elements) -> Bool { abs(Double(count.count) - value) <= tolerance }
}

@Suite struct PublishedCountTests {
  /// Learned scalars of one mHC connection, φ, b and α, added to those of the model.
  ///
  /// - Source: mHC (arXiv:2512.24880) §4.2.
  private func counts(_ shape: ModelShape) throws -> ParameterCounts {
    let (n, C) = (shape.streams, shape.channels)
    let connection = n == 1 ? 0 : n * C * (n * n + 2 * n) + (n * n + 2 * n) + 3
    return try ModelLedger(of: shape).parameterCounts(connectionParameters: connection)
  }

  @Test(arguments: [
    Published(PublishedModels.paper3B, "2.97B"), Published(PublishedModels.paper9B, "9.18B"),
    Published(PublishedModels.paper27B, "27.0B"), Published(PublishedModels.deepSeekV3, "671B"),
    Published(PublishedModels.deepSeekV2Lite, "15.7B"), Published(PublishedModels.deepSeekV4Flash, "284B"),
    Published(PublishedModels.deepSeekV4Pro, "1.6T"), Published(PublishedModels.llama8B, "8.03B"),
    Published(PublishedModels.llama70B, "70.6B"), Published(PublishedModels.llama2_7B, "6.74B"),
    Published(PublishedModels.mistral7B, "7.24B"), Published(PublishedModels.mixtral8x7B, "46.7B"),
    Published(PublishedModels.mixtral8x22B, "141B"), Published(PublishedModels.qwen3_8B, "8.19B"),
    Published(PublishedModels.qwen3_30B, "30.5B"), Published(PublishedModels.qwen2_7B, "7.62B"),
    Published(PublishedModels.qwenMoE, "14.3B"),
  ])
  func `total parameters agree with the published`(_ published: Published) throws {
    let total = try counts(published.model).total
    #expect(published.agrees(with: total), "\(total) for \(published)")
  }

  @Test(arguments: [
    Published(PublishedModels.paper3B, "612M"), Published(PublishedModels.paper9B, "1.66B"),
    Published(PublishedModels.paper27B, "4.14B"), Published(PublishedModels.deepSeekV3, "36.7B"),
    Published(PublishedModels.deepSeekV4Flash, "13B"), Published(PublishedModels.deepSeekV4Pro, "49B"),
  ])
  func `active parameters agree with those published without the embedding`(_ published: Published) throws {
    let active = try counts(published.model).active
    #expect(published.agrees(with: active), "\(active) for \(published)")
  }

  @Test(arguments: [
    Published(PublishedModels.mixtral8x7B, "12.9B"), Published(PublishedModels.mixtral8x22B, "39B"),
    Published(PublishedModels.qwenMoE, "2.7B"), Published(PublishedModels.llama8B, "8.03B"),
  ])
  func `active parameters agree with those published with the embedding`(_ published: Published) throws {
    let active = try counts(published.model).activeWithEmbedding
    #expect(published.agrees(with: active), "\(active) for \(published)")
  }

  /// Qwen/Qwen3-30B-A3B's card: 30.5B in total, 3.3B activated, 29.9B without embeddings.
  ///
  /// With the embedding it is 3.35B, which the card rounds down.
  @Test func `Qwen3-30B-A3B's published 3.3B lies between the counts without and with the embedding`() throws {
    let counts = try counts(PublishedModels.qwen3_30B)
    #expect(counts.active.count < 3_300_000_000)
    #expect((3_300_000_000..<3_400_000_000).contains(counts.activeWithEmbedding.count))
    let withoutEmbeddings = Elements(counts.total.count - 2 * 151_936 * 2048)
    #expect(Published(PublishedModels.qwen3_30B, "29.9B").agrees(with: withoutEmbeddings))
  }

  /// deepseek-ai/DeepSeek-V3, README_WEIGHTS.md: 11.5B parameters besides the shared embedding and head.
  @Test func `DeepSeek-V3's prediction module has 11.5B parameters of its own`() throws {
    let own = try counts(PublishedModels.deepSeekV3).prediction
    #expect(Published(PublishedModels.deepSeekV3, "11.5B").agrees(with: own), "\(own)")
  }

  /// To the digits that Table 5 prints, total and active, mHC's own parameters included.
  ///
  /// Table 5 gives neither the width of the first layer nor the form of the queries: 8 × the FFN dimension and direct
  /// queries reproduce both columns of all three models; low-rank queries would need another multiple in each.
  @Test(arguments: [
    (PublishedModels.paper3B, 2.97e9, 0.005e9, 612e6, 0.5e6),
    (PublishedModels.paper9B, 9.18e9, 0.005e9, 1.66e9, 0.005e9),
    (PublishedModels.paper27B, 27.0e9, 0.05e9, 4.14e9, 0.005e9),
  ])
  func `the paper's three models agree to every digit of Table 5`(
    _ shape: ModelShape, _ total: Double, _ totalHalfDigit: Double, _ active: Double, _ activeHalfDigit: Double
  ) throws {
    let counts = try counts(shape)
    #expect(abs(Double(counts.total.count) - total) <= totalHalfDigit, "\(counts.total)")
    #expect(abs(Double(counts.active.count) - active) <= activeHalfDigit, "\(counts.active)")
  }

  @Test(arguments: [
    (PublishedModels.paper3B, 331e6), (PublishedModels.paper9B, 496e6), (PublishedModels.paper27B, 662e6),
  ])
  func `Table 5's vocabulary parameters are embedding and output head, not tied`(
    _ shape: ModelShape, _ published: Double
  ) throws {
    let ledger = try ModelLedger(of: shape)
    let head = try #require(ledger.head.ledger.parameters.first { $0.name == "output head" })
    let both = try ledger.embedding.parameters().count + head.count.evaluate(at: ledger.head.values)
    #expect(abs(Double(both) - published) <= 0.5e6)
  }

  /// As the safetensors files of the models' repositories count; DeepSeek-V3's without its prediction module.
  @Test(arguments: [
    (PublishedModels.llama8B, 8_030_261_248), (PublishedModels.llama70B, 70_553_706_496),
    (PublishedModels.llama2_7B, 6_738_415_616), (PublishedModels.mistral7B, 7_241_732_096),
    (PublishedModels.mixtral8x7B, 46_702_792_704), (PublishedModels.qwen3_30B, 30_532_122_624),
    (PublishedModels.qwen2_7B, 7_615_616_512), (PublishedModels.deepSeekV3, 671_026_419_200),
    (PublishedModels.deepSeekV2Lite, 15_706_484_224),
  ])
  func `totals are those of the published files to the last scalar`(_ shape: ModelShape, _ scalars: Int) throws {
    #expect(try counts(shape).total == Elements(scalars))
  }

  /// DeepSeek-V3's is published without the 58 × 256 biases of its routers.
  @Test(arguments: [
    (PublishedModels.mixtral8x7B, 12_879_925_248), (PublishedModels.qwen3_30B, 3_353_032_704),
    (PublishedModels.deepSeekV3, 37_552_282_624 + 58 * 256),
  ])
  func `active counts with the embedding are the published to the last scalar`(
    _ shape: ModelShape, _ scalars: Int
  ) throws {
    #expect(try counts(shape).activeWithEmbedding == Elements(scalars))
  }
}
