import CostModel
import Planner
import Schedules

extension NearestPlan {
  /// Where streams cannot cross stages: the same devices in one stage, the stages' factor spread in every way.
  mutating func limitPipeline(_ abilities: Abilities) throws {
    let stages = plan.layout.pipeline
    guard hasStreams, !abilities.pipelines, stages > 1 else { return }
    let layout = plan.layout
    let candidates = Self.factorings(of: stages).compactMap { data, tensor, context -> Candidate? in
      let sizes = (layout.data * data, layout.tensor * tensor, layout.context * context)
      guard abilities.takes(layout.sequence, over: sizes.2) else { return nil }
      return Candidate("1 stage, data \(sizes.0), tensor \(sizes.1), context \(sizes.2)") { _, _, layout in
        (layout.data, layout.tensor, layout.context) = sizes
        layout.pipeline = 1
        layout.schedule = .oneForwardOneBackward
        layout.stageLayers = []
      }
    }
    try replace(
      "\(stages) pipeline stages", because: "mHC is refused with more than one; Megatron Core 0.20.0 documents them",
      with: candidates)
  }

  /// Where a sequence does not divide into two pieces a device: the same devices, their context spread in every way.
  mutating func limitContext(_ abilities: Abilities) throws {
    let layout = plan.layout
    guard !abilities.takes(layout.sequence, over: layout.context) else { return }
    let candidates = Self.factorings(of: layout.context).compactMap { data, tensor, context -> Candidate? in
      guard abilities.takes(layout.sequence, over: context) else { return nil }
      let sizes = (layout.data * data, layout.tensor * tensor)
      return Candidate("data \(sizes.0), tensor \(sizes.1), context \(context)") { _, _, layout in
        (layout.data, layout.tensor, layout.context) = (sizes.0, sizes.1, context)
      }
    }
    try replace(
      "\(layout.sequence) tokens over context \(layout.context)",
      because: "a sequence is a multiple of 2 × context = \(2 * layout.context) tokens, two pieces a device",
      with: candidates)
  }

  /// Every way to write a number as a product of three.
  static func factorings(of number: Int) -> [(Int, Int, Int)] {
    let divisors = (1...max(1, min(number, 4096))).filter { number % $0 == 0 }
    return divisors.flatMap { first in
      divisors.filter { (number / first) % $0 == 0 }.map { (first, $0, number / first / $0) }
    }
  }
}
