// Candidates a second of a whole search, by wall time on so many tasks and by processor time.
//
//   swift run -c release --package-path Benchmarks CandidatesPerSecond [TASKS]
//
// Every candidate is planned in full and taken into the findings; nothing is pruned.

import CostModel
import Planner
import Profiles
import Search

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Seconds of processor time that the process has used, all threads together.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

let tasks = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 2 : 2
let rounds = 3
let hardware = try HardwareSource.load("h200")
for (name, devices, batch) in [
  ("llama-3-8b", 64, 512), ("mhc-27b", 64, 512), ("deepseek-v4-flash", 64, 256),
] {
  let model = try ModelSource.load(name).shape
  let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper)
  let space = SearchSpace(
    devices: devices, sequence: 4096, globalBatch: batch, settings: SettingLists(streams: [4], fusions: [.paper]),
    questions: [.moreMemory(bytes: 1 << 30), .residual, .streams(2)])
  let problem = try SearchProblem(model: model, hardware: hardware, setup: setup, space: space)
  var (wall, processor): ([Double], [Double]) = ([], [])
  for _ in 0..<rounds {
    let start = processorSeconds()
    let clock = ContinuousClock.now
    let result = try await problem.sweep(tasks: tasks)
    wall.append(Double(result.tally.planned) / ((ContinuousClock.now - clock) / .seconds(1)))
    processor.append(Double(result.tally.planned) / (processorSeconds() - start))
  }
  wall.sort()
  processor.sort()
  print(
    "\(name): \(problem.layouts.count) layouts, \(problem.candidateCount) candidates on \(tasks) tasks; candidates a "
      + "second of wall time: median \(Int(wall[rounds / 2])), \(Int(wall[0])) to \(Int(wall[rounds - 1])); of "
      + "processor time: median \(Int(processor[rounds / 2]))")
}
