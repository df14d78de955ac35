import CostModel
import Quantities
import Testing

@Suite struct ModelLedgerTests {
  @Test(arguments: PublishedModels.all)
  func `every symbol of every row has a value, and no count is negative`(_ shape: ModelShape) throws {
    for sequence in [1, 127, 4096, 1 << 20] {
      let ledger = try ModelLedger(of: shape, sequence: sequence)
      for part in ledger.parts + ledger.predictionParts {
        let formulas =
          part.ledger.parameters.flatMap { [$0.count, $0.activeCount] }
          + part.ledger.forward.flatMap { [$0.flopsPerSequence, $0.trafficPerToken] }
          + part.ledger.saved.map(\.elementsPerToken)
        for formula in formulas {
          #expect(formula.symbols.allSatisfy { part.values[$0] != nil }, "\(part.name): \(formula)")
          #expect(try formula.evaluate(at: part.values) >= 0)
        }
      }
    }
  }

  @Test(arguments: PublishedModels.all)
  func `totals are the sums of the rows of every layer`(_ shape: ModelShape) throws {
    let sequence = 2048
    let ledger = try ModelLedger(of: shape, sequence: sequence)
    var (total, active, flops) = (0, 0, 0)
    func add(_ rows: LayerFunctionLedger, _ values: SymbolValues) throws {
      for row in rows.parameters {
        total += try row.count.evaluate(at: values)
        active += try row.activeCount.evaluate(at: values)
      }
      for row in rows.forward { flops += try row.flopsPerSequence.evaluate(at: values) }
    }
    for function in shape.layers.flatMap(\.functions) {
      try add(function.ledger, function.values(in: shape, sequence: sequence))
    }
    for part in [ledger.embedding, ledger.head] { try add(part.ledger, part.values) }
    #expect(try ledger.parameterCounts().total == Elements(total))
    #expect(try ledger.parameterCounts().active == Elements(active))
    #expect(try ledger.forwardFLOPsPerSequence() == FLOPs(flops))
  }

  @Test func `alike layers are one kind, in the order of the layers`() throws {
    let flash = try ModelLedger(of: PublishedModels.deepSeekV4Flash)
    #expect(flash.kinds.map(\.count) == [2, 1, 20, 20])
    #expect(flash.kindOfLayer.prefix(6) == [0, 0, 1, 2, 3, 2])
    for (layer, kind) in zip(PublishedModels.deepSeekV4Flash.layers, flash.kindOfLayer) {
      #expect(flash.kinds[kind].layer == layer)
    }
    #expect(try ModelLedger(of: PublishedModels.llama70B).kinds.map(\.count) == [80])
  }

  @Test func `connections add their parameters twice a Transformer layer`() throws {
    let ledger = try ModelLedger(of: PublishedModels.deepSeekV4Flash)
    let (without, with) = (try ledger.parameterCounts(), try ledger.parameterCounts(connectionParameters: 1000))
    #expect(with.total.count - without.total.count == 86_000)
    #expect(with.active.count - without.active.count == 86_000)
    #expect(with.activeWithEmbedding.count - without.activeWithEmbedding.count == 86_000)
    #expect(with.prediction.count - without.prediction.count == 2000)
  }

  /// DeepSeek-V3 (arXiv:2412.19437) §2.2: two norms, a 2C × C projection, a layer, a norm; embedding and head shared.
  @Test func `a prediction module costs a layer, its projection and the logits once more`() throws {
    let shape = PublishedModels.deepSeekV3
    let ledger = try ModelLedger(of: shape, sequence: 4096)
    let layer = ledger.kinds[1]
    let oneLayer = try layer.parts.reduce(0) { try $0 + $1.parameters().count } / layer.count
    let C = 7168
    #expect(try ledger.parameterCounts().prediction.count == oneLayer + 2 * C * C + 3 * C)
    let layerFLOPs = try layer.parts.reduce(0) { try $0 + $1.forwardFLOPsPerSequence().count } / layer.count
    let products = 2 * 4096 * (2 * C * C + 129_280 * C)
    let rest = try ledger.predictionFLOPsPerSequence().count - layerFLOPs - products
    // Three norms: a square, its sum, a scaling and a weight a channel; two divisions and a root each.
    #expect(rest == 4096 * 3 * (4 * C + 3))
  }

  @Test func `with n streams a prediction module projects each of them`() throws {
    var shape = PublishedModels.deepSeekV4Flash
    func projection(_ streams: Int) throws -> Int {
      shape.streams = streams
      let entry = try #require(try ModelLedger(of: shape, sequence: 64).predictionModules.first?.entry)
      let row = try #require(entry.ledger.forward.first { $0.name == "stream projection" })
      return try row.flopsPerSequence.evaluate(at: entry.values)
    }
    #expect(try projection(1) == 64 * 2 * 4096 * 4096)
    #expect(try projection(4) == 4 * 64 * 2 * 4096 * 4096)
  }

  /// Sizes as a hostile file may give them: an error, never a trap.
  @Test func `absurd sizes overflow with the formula named`() throws {
    var shape = PublishedModels.deepSeekV4Flash
    shape.channels = .max / 3
    let ledger = try ModelLedger(of: shape)
    let error = #expect(throws: OverflowError.self) { try ledger.parameterCounts() }
    #expect(error?.expression.contains("C") == true)
    #expect(throws: OverflowError.self) { try ledger.forwardFLOPsPerSequence() }
    #expect(throws: OverflowError.self) { try ModelLedger(of: shape, sequence: .max) }
    let small = try ModelLedger(of: PublishedModels.llama8B)
    #expect(throws: OverflowError.self) { try small.parameterCounts(connectionParameters: .max) }
  }
}
