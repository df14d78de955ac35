import LayerRuntime
import Quantities
import Testing

@testable import Validation

@Suite struct RecomputeSweepTests {
  @Test func `the planner's blocks are the measured minimum of a deep stack, and save what was promised`() throws {
    // 24 layers around mHC; every equal size, the uneven blocks and these reversed: peaks by the arena.
    let shape = try LayerShape(tokens: 32, streams: 4, channels: 32)
    let function: LayerFunctionKind = OpenBLAS.isAvailable ? .gelu(hidden: 24) : .identity
    let configuration = LayerStack.Configuration(
      .manifold, shape, .deepSeekV4, .fastest, functions: .init(repeating: function, count: 24))
    let planned = try RecomputeSweep.choices(configuration)
    #expect(planned.all.count >= 26 && planned.promised > 0)
    var rows: [RecomputeSweep.Row] = []
    for blocks in planned.all {
      var c = configuration
      c.blocks = blocks
      let memory = try MemoryRow.run(StackCase(c, functions: "gelu"))
      #expect(memory.predicted == memory.measured)
      rows.append(
        RecomputeSweep.Row(
          blocks: blocks.label, choice: blocks, predictedBytes: memory.predictedBytes,
          measuredBytes: memory.measuredBytes, predicted: Seconds(1), samples: [Seconds(1)]))
    }
    var sweep = RecomputeSweep(
      name: "deep", rows: rows, plannedSize: planned.size, plannedBlocks: planned.blocks,
      promisedBytes: planned.promised)
    #expect(sweep.isOptimal)
    #expect(sweep.savedBytes == planned.promised)
    #expect(sweep.failures(recomputeError: 0.1).isEmpty)

    // A planner that is off by one layer is found out.
    sweep.plannedSize += 1
    #expect(!sweep.isOptimal && !sweep.failures(recomputeError: 0.1).isEmpty)
  }

  @Test func `a price that is a fifth of the step off fails`() {
    func row(_ choice: RecomputeBlocks, _ predicted: Double, _ measured: Double) -> RecomputeSweep.Row {
      RecomputeSweep.Row(
        blocks: choice.label, choice: choice, predictedBytes: 1, measuredBytes: 1, predicted: Seconds(predicted),
        samples: [Seconds(measured)])
    }
    let rows = [row(.stored, 1, 1), row(.blocks([2]), 1.1, 1.3), row(.blocks([1, 1]), 1.1, 1.15)]
    let sweep = RecomputeSweep(name: "two", rows: rows, plannedSize: 2, plannedBlocks: [2], promisedBytes: 0)
    let failures = sweep.failures(recomputeError: 0.1)
    #expect(failures.count == 1 && failures[0].contains("1x2 costs 30.0 % of the step, predicted 10.0 %"))
  }

  @Test func `a price below its noise is not judged, one beyond it with the wrong sign fails`() throws {
    func row(_ choice: RecomputeBlocks, _ predicted: Double, _ samples: [Double]) -> RecomputeSweep.Row {
      RecomputeSweep.Row(
        blocks: choice.label, choice: choice, predictedBytes: 1, measuredBytes: 1, predicted: Seconds(predicted),
        samples: samples.map { Seconds($0) })
    }
    let rows = [
      row(.stored, 1, [1, 1, 1, 1, 1]),
      // A middle of -1 % among differences that scatter by 5 %: noise of 1.86 x 5 % / √5 = 4.2 %.
      row(.blocks([2]), 1.02, [0.94, 0.99, 1.04, 0.93, 1.05]),
      // -5 % that scatters by 0.1 %.
      row(.blocks([1, 1]), 1.02, [0.95, 0.951, 0.949, 0.952, 0.948]),
    ]
    let sweep = RecomputeSweep(name: "two", rows: rows, plannedSize: 2, plannedBlocks: [2], promisedBytes: 0)
    let price = try #require(sweep.price(rows[1]))
    #expect(abs(price.noise - 1.4826 * 1.2533 * 0.05 / 5.0.squareRoot()) < 1e-9 && !price.isAboveNoise)
    #expect(sweep.signs == (judged: 1, right: 0, all: 2))
    let failures = sweep.failures(recomputeError: 0.1)
    #expect(failures == ["recompute: the price of 2x1 has the wrong sign, beyond its noise"])
  }

  @Test func `predictions round by round are differences like measurements, and their scatter is noise too`() throws {
    func row(_ choice: RecomputeBlocks, _ predictions: [Double], _ samples: [Double]) -> RecomputeSweep.Row {
      RecomputeSweep.Row(
        blocks: choice.label, choice: choice, predictedBytes: 1, measuredBytes: 1, predicted: Seconds(9),
        predictions: predictions.map { Seconds($0) }, samples: samples.map { Seconds($0) })
    }
    // A machine that slows down by a tenth a round: the step costs 10 % more each time, and by the law 8, 10 and 13 %.
    let rows = [row(.stored, [1, 1.1, 1.2], [1, 1.1, 1.2]), row(.blocks([2]), [1.08, 1.2, 1.33], [1.1, 1.2, 1.3])]
    let sweep = RecomputeSweep(name: "two", rows: rows, plannedSize: 2, plannedBlocks: [2], promisedBytes: 0)
    let price = try #require(sweep.price(rows[1]))
    // Parts of the stored step, whose middle is 1.1; deviations of the law are 0.02, 0 and 0.03, of the layer none.
    #expect(abs(price.predicted - 0.1 / 1.1) < 1e-9 && abs(price.measured - 0.1 / 1.1) < 1e-9)
    #expect(abs(price.noise - 1.4826 * 1.2533 * 0.02 / 3.0.squareRoot() / 1.1) < 1e-9)
  }
}
