// Whole plans a second on one core: memory of every stage, recompute blocks, time range, overhead and verdict, for
// layouts that all differ. Nothing is remembered from one plan to the next.
//
//   swift run -c release --package-path Benchmarks PlansPerSecond
//
// Rates are by processor time, which a busy machine does not stretch; the rate by wall time stands beside it.

import CostModel
import Planner
import Profiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Seconds of processor time that the process has used.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Layouts that differ in every size and exist for the planner's model.
func layouts(_ planner: Planner) -> [Layout] {
  var layouts: [Layout] = []
  for pipeline in [1, 2, 4, 8, 16] {
    for tensor in [1, 2, 4, 8] {
      for expert in [1, 8, 16, 32] {
        for replicas in [1, 2, 4, 8] {
          for microbatch in 1...4 {
            let data = expert * replicas
            let layout = Layout(
              data: data, tensor: tensor, pipeline: pipeline, expert: expert, microbatch: microbatch,
              sequence: planner.sequence, globalBatch: 4 * pipeline * data * microbatch)
            if (try? planner.plan(layout)) != nil { layouts.append(layout) }
          }
        }
      }
    }
  }
  return layouts
}

let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 9 : 9
let hardware = try HardwareSource.load("h200")
for (name, policy) in [
  ("llama-3-8b", StreamRecompute.auto), ("mhc-27b", .auto), ("mhc-27b", .uneven), ("deepseek-v4-flash", .auto),
  ("deepseek-v4-flash", .uneven),
] {
  let model = try ModelSource.load(name).shape
  let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: policy)
  let planner = try Planner(model: model, hardware: hardware, setup: setup, sequence: 4096)
  let candidates = layouts(planner)
  var rates: [Double] = []
  var wallRates: [Double] = []
  var fitting = 0
  for _ in 0..<rounds {
    fitting = 0
    let start = processorSeconds()
    let wall = try ContinuousClock().measure {
      for layout in candidates where try planner.plan(layout).verdict.fits { fitting += 1 }
    }
    rates.append(Double(candidates.count) / (processorSeconds() - start))
    wallRates.append(Double(candidates.count) / (wall / .seconds(1)))
  }
  rates.sort()
  wallRates.sort()
  print(
    "\(name), recompute \(policy): \(candidates.count) layouts, \(fitting) fit; plans a second of processor time: "
      + "median \(Int(rates[rounds / 2])), \(Int(rates[0])) to \(Int(rates[rounds - 1])); of wall time: "
      + "median \(Int(wallRates[rounds / 2]))")
}
