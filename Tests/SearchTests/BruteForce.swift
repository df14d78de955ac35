import CostModel
import Planner
import Quantities
import Schedules

@testable import Search

/// A search done the slow way: every number tried as every size, every plan compared with every other.
///
/// Shares with the search only the planner, and the types of what comes out.
struct BruteForce {
  var layouts: [Layout] = []
  var asked: [Candidate] = []
  var others: [Question: [Candidate]] = [:]

  init(model: ModelShape, hardware: Hardware, setup: TrainingSetup, space: SearchSpace) throws {
    let (devices, batch) = (space.devices, space.globalBatch)
    func allowed(_ list: [Int]?, _ limit: Int) -> [Int] { list ?? Array(1...limit) }
    for pipeline in allowed(space.sizes.pipeline, devices) {
      for tensor in allowed(space.sizes.tensor, devices) {
        for context in allowed(space.sizes.context, devices) where devices % (pipeline * tensor * context) == 0 {
          let data = devices / (pipeline * tensor * context)
          guard allowed(space.sizes.data, devices).contains(data) else { continue }
          for expert in allowed(space.sizes.expert, devices) {
            for microbatch in allowed(space.sizes.microbatch, batch) {
              for schedule in space.sizes.schedules {
                for chunks in schedule == .interleaved ? space.sizes.chunks : [2] {
                  let layout = Layout(
                    data: data, tensor: tensor, sequenceParallel: space.sequenceParallel, pipeline: pipeline,
                    expert: expert, context: context, microbatch: microbatch, sequence: space.sequence,
                    globalBatch: batch, schedule: schedule, chunks: chunks)
                  if (try? layout.check(against: model)) != nil { layouts.append(layout) }
                }
              }
            }
          }
        }
      }
    }
    for question in [.asked] + Set(space.questions).sorted() {
      let settings = Self.settings(space, setup.connection, question)
      let planners = try settings.map { try Self.planner(model, hardware, $0.setup(setup), space, question) }
      var candidates: [Candidate] = []
      for layout in layouts {
        for (setting, planner) in zip(settings, planners) {
          let plan = try planner.plan(layout)
          candidates.append(
            Candidate(
              question: question, index: candidates.count, layout: layout, setting: setting,
              stepSeconds: plan.time.step.expected.value, peakBytes: plan.peak.count, fits: plan.verdict.fits))
        }
      }
      if question == .asked { asked = candidates } else { others[question] = candidates }
    }
  }

  private static func planner(
    _ model: ModelShape, _ hardware: Hardware, _ setup: TrainingSetup, _ space: SearchSpace, _ question: Question
  ) throws -> Planner {
    let planner = try Planner(model: model, hardware: hardware, setup: setup, sequence: space.sequence)
    guard case .moreMemory(let bytes) = question else { return planner }
    // The same budget and more, from a device that has just that.
    var (device, setup) = (hardware, setup)
    device.memoryCapacity.value = try planner.budget + Bytes(bytes)
    setup.reserve = .bytes(0)
    return try Planner(model: model, hardware: device, setup: setup, sequence: space.sequence)
  }

  private static func settings(_ space: SearchSpace, _ connection: Connection, _ question: Question) -> [Setting] {
    let lists = space.settings
    var settings: [Setting] = []
    let counts =
      switch question {
      case .residual: [1]
      case .streams(let count): [count]
      default: lists.streams
      }
    for streams in counts {
      for fusion in question == .residual ? [.unfused] : lists.fusions {
        for zero in lists.zeroStages {
          for level in lists.layerRecompute {
            // A residual makes streams again only where it must, unless layer functions or nothing are run again.
            let policies =
              question == .residual && level != .full
              ? lists.streamRecompute.map { $0 == .stored ? .stored : .auto } : lists.streamRecompute
            for (place, policy) in policies.enumerated() where !policies[..<place].contains(policy) {
              settings.append(
                Setting(
                  connection: question == .residual ? .residual : connection, streams: streams, fusion: fusion,
                  zeroStage: zero, layerRecompute: level, streamRecompute: policy))
            }
          }
        }
      }
    }
    return settings
  }

  var fitting: [Candidate] { asked.filter(\.fits) }

  /// Whether a candidate comes before another by time, memory and place.
  static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
    if left.stepSeconds != right.stepSeconds { return left.stepSeconds < right.stepSeconds }
    if left.peakBytes != right.peakBytes { return left.peakBytes < right.peakBytes }
    return left.index < right.index
  }

  /// The best of each layout, the best first.
  func best(_ limit: Int) -> [Candidate] {
    let byLayout = Dictionary(grouping: fitting, by: \.layout)
    return Array(byLayout.values.compactMap { $0.min(by: Self.precedes) }.sorted(by: Self.precedes).prefix(limit))
  }

  /// Those that no other beats in one of time and memory without losing in the other; the first of equals.
  func frontier() -> [Candidate] {
    fitting.filter { one in
      !fitting.contains { other in
        let noWorse = other.stepSeconds <= one.stepSeconds && other.peakBytes <= one.peakBytes
        let better = other.stepSeconds < one.stepSeconds || other.peakBytes < one.peakBytes
        return noWorse && (better || other.index < one.index)
      }
    }
    .sorted(by: Self.precedes)
  }

  /// The fastest of those that fit and make a choice.
  func best(where makes: (Candidate) -> Bool) -> Candidate? { fitting.filter(makes).min(by: Self.precedes) }
}
