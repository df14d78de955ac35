import CostModel
import Planner
import Quantities
import Testing

/// The totals of a stage against the operations that are printed.
@Suite struct StageWorkTests {
  @Test func `a stage's bytes and FLOPs are the sums over its operations`() throws {
    for run in try RandomRun.several(80, seed: 21) where !run.hardware.hasWriteAllocate.value {
      let planner = try run.planner()
      for stage in try planner.plan(run.layout).stages {
        let work = try planner.work(of: stage, in: run.layout)
        let operations = try planner.operationTimes(of: stage, in: run.layout)
        let connection = operations.filter { $0.name.hasPrefix("connection: ") }
        let layer = operations.filter { !$0.name.hasPrefix("connection: ") }
        #expect(
          try (work.connectionRead + work.connectionWritten).count
            == connection.reduce(0) { $0 + $1.count * Int($1.bytes) })
        #expect(work.connectionFLOPs.count == connection.reduce(0) { $0 + $1.count * Int($1.flops) })
        let flops = layer.reduce(0) { $0 + Double($1.count) * $1.flops }
        // A row's FLOPs on a device are rounded down to whole ones.
        #expect(
          abs(Double(work.layerFLOPs.count) - flops) <= 1e-9 * flops + 4 * Double(layer.count * stage.residualLayers))
      }
    }
  }

  @Test func `the operations' times add up to the slowest stage's microbatch`() throws {
    for run in try RandomRun.several(80, seed: 22) {
      let planner = try run.planner()
      let plan = try planner.plan(run.layout)
      let operations = try planner.operationTimes(of: plan.stages[plan.time.slowestStage], in: run.layout)
      let total = operations.reduce(0) { $0 + $1.total.value }
      #expect(abs(total - plan.time.microbatch.computing.value) <= 1e-9 * total, "\(run)")
      let again = operations.reduce(0) { $0 + ($1.pass == "recompute" ? $1.total.value : 0) }
      let parts = plan.time.microbatch.layerRecompute + plan.time.microbatch.connectionRecompute
      #expect(abs(again - parts.value) <= 1e-9 * total)
    }
  }
}
