import CostModel
import Planner
import Profiles
import Schedules
import Testing

/// The paper's 27B on a layout that is assumed, as the page "What the paper's remedies buy" has it.
@Suite struct PublishedOverheadTests {
  private func overhead(_ change: (inout TrainingSetup) -> Void = { _ in }) throws -> Estimate<Double> {
    var setup = TrainingSetup(connection: .manifold, streams: 4, fusion: .paper, streamRecompute: .paper)
    change(&setup)
    let layout = Layout(
      data: 8, pipeline: 8, expert: 8, sequence: 4096, globalBatch: 1280, schedule: .dualPipe)
    return try Planner.named("mhc-27b", setup, sequence: 4096).plan(layout).time.overhead
  }

  /// mHC (arXiv:2512.24880) §4.3; DeepSeek-V4 (arXiv:2606.19348) §3.4.2.
  @Test func `the published 6.7 % is inside the range, and every remedy is worth something or nothing, not less`()
    throws
  {
    let all = try overhead()
    #expect(all.low < 0.067 && 0.067 < all.high)
    let unfused = try overhead { $0.fusion = .unfused }
    #expect(unfused.expected > all.expected && unfused.low > all.low && unfused.high > all.high)
    #expect(try overhead { $0.overlap.overlapsCommunication = false }.expected > all.expected)
    #expect(try overhead { $0.overlap.decouplesRecompute = false }.expected >= all.expected)
    #expect(try overhead { $0.overlap.prioritizesMerge = false }.expected >= all.expected)
    // Recompute buys memory with time.
    #expect(try overhead { $0.streamRecompute = .stored }.expected < all.expected)
  }
}
