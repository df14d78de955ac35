import CostModel
import Quantities

/// How stages that hold parts of the model in common are recomputed, each in several chunks.
///
/// The least work for a stage's whole walk through its passes has no search of its own: parts peak at different moments. What is
/// searched is how much room every part may take, with the peak of the walk deciding whether all fit; every other policy of
/// blocks and every size of them besides, `leading` apart, so that none of these fits where this does not, or with less work. A better choice may
/// exist.
struct ChunkSearch {
  let parts: [Int: ChunkPart]
  let partsOfStage: [[Int]]
  let budget: Bytes
  /// The stages, with their parts recomputed so.
  let plan: ([Int: StageActivations]) throws -> [StagePlan]

  private var members: [ChunkPart] { Set(partsOfStage.joined()).sorted().compactMap { parts[$0] } }

  private struct Candidate {
    var stages: [StagePlan]
    var peak: Bytes
    /// Of the stage that recomputes longest, in picoseconds.
    var work: Int
  }

  /// The stages under a policy: under `auto` the least work that was found to fit, or else the lowest peak.
  func best(under policy: StreamRecompute) throws -> [StagePlan] {
    guard policy == .auto else { return try candidate(try chosen(policy)).stages }
    var best = try candidate(try chosen(.stored))
    guard !fits(best) else { return best.stages }
    /// Whether the stages fit so, or recompute no less than some that do; the best of what was seen is kept.
    func tries(_ policy: StreamRecompute, times factor: Double = 1) throws -> Bool {
      let choice = try chosen(policy, times: factor)
      if fits(best), choice.work >= best.work { return true }
      let next = try candidate(choice)
      if isBetter(next, than: best) { best = next }
      return fits(next)
    }
    // Between rooms with which all fits and those with which it does not.
    var (low, high) = (1.0, members.map(\.excess).max() ?? 1)
    if try !tries(.auto) { (low, high) = (0, 1) }
    _ = try tries(.uneven)
    if fits(best) {
      for _ in 0..<Self.halvings {
        let middle = (low + high) / 2
        if try tries(.auto, times: middle) { low = middle } else { high = middle }
      }
    }
    _ = try tries(.uniform)
    _ = try tries(.paper)
    for size in 1...max(1, members.map(\.stage.layers).max() ?? 1) { _ = try tries(.blocks(ofLayers: size)) }
    return best.stages
  }

  /// Rooms are told apart to a 256th of the interval that is searched.
  private static let halvings = 8

  private func fits(_ one: Candidate) -> Bool { one.peak <= budget }

  /// One that fits is better; of two that do, the one with less work; of two that do not, the one with the lower peak.
  private func isBetter(_ one: Candidate, than other: Candidate) -> Bool {
    guard fits(one) == fits(other) else { return fits(one) }
    return fits(one) ? one.work < other.work : one.peak < other.peak
  }

  private typealias Choice = (segments: [Int: StageActivations], work: Int)

  private func chosen(_ policy: StreamRecompute, times factor: Double = 1) throws -> Choice {
    var (choices, works) = ([Int: StageActivations](), [Int: Int]())
    for part in members {
      let choice = try part.choose(policy, times: factor)
      choices[part.stage.index] = choice
      works[part.stage.index] = try part.work.work(of: choice.segments)
    }
    return (choices, partsOfStage.map { $0.reduce(0) { saturatingSum($0, works[$1] ?? 0) } }.max() ?? 0)
  }

  private func candidate(_ choice: Choice) throws -> Candidate {
    let stages = try plan(choice.segments)
    return Candidate(stages: stages, peak: stages.map(\.peak).max() ?? .zero, work: choice.work)
  }
}
