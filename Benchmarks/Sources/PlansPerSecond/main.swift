// Plans a second on one core: whole plans of layouts that all differ, none of them remembered.
//
//   swift run -c release --package-path Benchmarks PlansPerSecond

import CostModel
import Planner
import Profiles

/// Layouts of one model that differ in every size, in an order that no cache could profit from.
func layouts(of model: ModelShape, sequence: Int) -> [Layout] {
  var layouts: [Layout] = []
  for pipeline in [1, 2, 4, 8, 16] where pipeline <= model.layers.count {
    for tensor in [1, 2, 4, 8] {
      for expert in [1, 8, 16, 32] {
        for replicas in [1, 2, 4, 8] {
          for microbatch in 1...4 {
            let data = expert * replicas
            let layout = Layout(
              data: data, tensor: tensor, pipeline: pipeline, expert: expert, microbatch: microbatch,
              sequence: sequence, globalBatch: 4 * pipeline * data * microbatch)
            if (try? layout.check(against: model)) != nil { layouts.append(layout) }
          }
        }
      }
    }
  }
  return layouts
}

let clock = ContinuousClock()
let hardware = try HardwareSource.load("h200")
for (name, policy) in [
  ("mhc-27b", StreamRecompute.auto), ("mhc-27b", .uneven), ("deepseek-v4-flash", .auto), ("deepseek-v4-flash", .uneven),
  ("llama-3-8b", .auto),
] {
  let model = try ModelSource.load(name).shape
  let sequence = 4096
  let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: policy)
  let planner = try Planner(model: model, hardware: hardware, setup: setup, sequence: sequence)
  let candidates = layouts(of: model, sequence: sequence)
  var rates: [Double] = []
  var fitting = 0
  for _ in 0..<1 {
    fitting = 0
    let elapsed = try clock.measure {
      for layout in candidates where try planner.plan(layout).verdict.fits { fitting += 1 }
    }
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    rates.append(Double(candidates.count) / seconds)
  }
  rates.sort()
  print(
    "\(name), recompute \(policy): \(candidates.count) layouts, \(fitting) fit; plans a second: "
      + "median \(Int(rates[0])), range \(Int(rates[0])) to \(Int(rates[0]))")
}
