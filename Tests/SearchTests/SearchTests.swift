import CostModel
import Planner
import Profiles
import Testing

@testable import Search

@Suite struct `A search` {
  static let seeds: Range<UInt64> = 0..<24

  @Test(arguments: seeds) func `finds what trying everything finds`(seed: UInt64) async throws {
    let made = try RandomSearch(seed: seed)
    let problem = try SearchProblem(
      model: made.model, hardware: made.hardware, setup: made.setup, space: made.space)
    let brute = try BruteForce(model: made.model, hardware: made.hardware, setup: made.setup, space: made.space)
    let result = try await problem.sweep(limit: 5, tasks: 2)
    let findings = result.findings

    #expect(Set(problem.layouts) == Set(brute.layouts))
    #expect(problem.layouts.count == brute.layouts.count)
    #expect((problem.nearest == nil) == !brute.layouts.isEmpty)
    #expect(problem.candidateCount == brute.asked.count + brute.others.values.reduce(0) { $0 + $1.count })
    #expect(result.isComplete)
    #expect(result.tally.asked == brute.asked.count)
    #expect(result.tally.fitting == brute.fitting.count)
    #expect(result.tally.planned == problem.candidateCount)

    // The places of candidates differ: the slow way has another order of layouts. All else has to be equal.
    expectEqual(findings.best, brute.best(5))
    expectEqual(findings.frontier.candidates, brute.frontier())
    let smallest = brute.asked.min { ($0.peakBytes, $0.stepSeconds) < ($1.peakBytes, $1.stepSeconds) }
    expectEqual([findings.smallest].compactMap(\.self), [smallest].compactMap(\.self))
    for (question, candidates) in brute.others {
      let expected = candidates.filter(\.fits).min(by: BruteForce.precedes)
      expectEqual([findings.answers[question]].compactMap(\.self), [expected].compactMap(\.self))
    }
    #expect(Set(findings.choices.keys) == Set(brute.fitting.flatMap(Choice.of)))
    for size in 1...8 {
      expectPrice(findings, .tensor(size), brute.best { $0.layout.tensor == size })
      expectPrice(findings, .data(size), brute.best { $0.layout.data == size })
      expectPrice(findings, .pipeline(size), brute.best { $0.layout.pipeline == size })
      expectPrice(findings, .expert(size), brute.best { $0.layout.expert == size })
      expectPrice(findings, .context(size), brute.best { $0.layout.context == size })
      expectPrice(findings, .microbatch(size), brute.best { $0.layout.microbatch == size })
      expectPrice(findings, .streams(size), brute.best { $0.setting.streams == size })
    }
    for stage in ZeroStage.allCases {
      expectPrice(findings, .zeroStage(stage), brute.best { $0.setting.zeroStage == stage })
    }
    for level in RecomputeLevel.allCases {
      expectPrice(findings, .layerRecompute(level), brute.best { $0.setting.layerRecompute == level })
    }
  }

  private func expectPrice(
    _ findings: Findings, _ choice: Choice, _ expected: Candidate?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let found = findings.choices[choice]
    #expect(found?.stepSeconds == expected?.stepSeconds, "\(choice)", sourceLocation: sourceLocation)
    #expect(found?.peakBytes == expected?.peakBytes, "\(choice)", sourceLocation: sourceLocation)
  }

  /// Equal in time and memory; of candidates that are alike in both, either search may name another.
  private func expectEqual(
    _ found: [Candidate], _ expected: [Candidate], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.map(\.stepSeconds) == expected.map(\.stepSeconds), sourceLocation: sourceLocation)
    #expect(found.map(\.peakBytes) == expected.map(\.peakBytes), sourceLocation: sourceLocation)
  }

  @Test(arguments: seeds) func `is the same whatever the number of tasks, and the sum of its parts in any order`(
    seed: UInt64
  ) async throws {
    let made = try RandomSearch(seed: seed)
    let problem = try SearchProblem(
      model: made.model, hardware: made.hardware, setup: made.setup, space: made.space)
    let whole = try await problem.sweep(limit: 3)
    for tasks in [2, 5] { #expect(try await problem.sweep(limit: 3, tasks: tasks) == whole) }
    for count in [2, 3, 7] {
      var (findings, tally) = (Findings(limit: 3), Tally())
      for number in (1...count).reversed() {
        let part = try await problem.sweep(try #require(Shard(number, of: count)), limit: 3)
        findings.add(part.findings)
        tally += part.tally
      }
      #expect(findings == whole.findings)
      #expect(tally == whole.tally)
    }
    // What is kept is enough to find the same again, and nothing of it is too much.
    var again = Findings(limit: 3)
    for candidate in whole.findings.kept.reversed() { again.add(candidate) }
    #expect(again == whole.findings)
  }

  @Test func `that is ended early says so, and its findings are of what was planned`() async throws {
    let made = try RandomSearch(seed: 4)
    let problem = try SearchProblem(
      model: made.model, hardware: made.hardware, setup: made.setup, space: made.space)
    try #require(!problem.layouts.isEmpty)
    let result = try await problem.sweep(isCancelled: { true })
    #expect(!result.isComplete)
    #expect(result.tally == Tally())
    #expect(result.findings == Findings(limit: 10))
  }

  @Test func `over devices that no layout divides gives the nearest reason`() throws {
    let model = try ModelSource.load("llama-3-8b").shape
    let hardware = try HardwareSource.load("h100-sxm")
    let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper)
    func nearest(devices: Int, batch: Int, _ sizes: LayoutSizes = LayoutSizes()) throws -> String? {
      try SearchProblem(
        model: model, hardware: hardware, setup: setup,
        space: SearchSpace(
          devices: devices, sequence: 8192, globalBatch: batch, sizes: sizes,
          settings: SettingLists(streams: [4], fusions: [.paper]))
      ).nearest?.description
    }
    // 7 divides neither 32 heads nor 8192 tokens, and 32 layers take seven stages.
    #expect(try nearest(devices: 7, batch: 64) == nil)
    #expect(try nearest(devices: 37, batch: 64)?.contains("--global-batch: expected a multiple") == true)
    #expect(try nearest(devices: 8, batch: 64, LayoutSizes(data: [3]))?.contains("--devices") == true)
    #expect(try nearest(devices: 3, batch: 64, LayoutSizes(tensor: [3]))?.contains("--tensor") == true)
    #expect(try nearest(devices: 64, batch: 64, LayoutSizes(pipeline: [64]))?.contains("--pipeline") == true)
    #expect(throws: PlanError.self) { try nearest(devices: 0, batch: 64) }
    #expect(throws: PlanError.self) { try nearest(devices: 1 << 40, batch: 64) }
  }

  @Test func `asks for fewer sizes where there are too many to look at`() throws {
    let model = try ModelSource.load("llama-3-8b").shape
    let setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper)
    let planner = try Planner(
      model: model, hardware: HardwareSource.load("h100-sxm"), setup: setup, sequence: 8192)
    let space = SearchSpace(
      devices: 64, sequence: 8192, globalBatch: 64, settings: SettingLists(streams: [4], fusions: [.paper]))
    #expect(try LayoutEnumeration(space, planner).layouts.count > 100)
    do {
      _ = try LayoutEnumeration(space, planner, largestTrialCount: 100)
      Issue.record("looked at more than 100")
    } catch let error as PlanError {
      #expect(error.option == "--devices")
      #expect(error.problem.hasPrefix("expected at most 100 combinations of sizes, found more"))
    }
  }

  @Test func `counts the layouts of its parts`() throws {
    #expect(Shard(0, of: 3) == nil)
    #expect(Shard(4, of: 3) == nil)
    for total in 0...20 {
      for count in 1...7 {
        let shards = (1...count).compactMap { Shard($0, of: count) }
        for shard in shards {
          let places = (0..<shard.share(of: total)).map(shard.place)
          #expect(places == (0..<total).filter(shard.contains))
        }
        #expect(shards.reduce(0) { $0 + $1.share(of: total) } == total)
      }
    }
  }
}
