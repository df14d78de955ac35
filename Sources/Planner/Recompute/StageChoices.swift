import CostModel
public import Quantities

/// One way to recompute a stage, beside the one that a plan chose.
public struct StageChoice: Sendable {
  /// What the choice is.
  public let name: Name
  /// Layers of each block, front to back, in residual layers or in Transformer layers; none where all is stored.
  public let blocks: [Int]
  /// The most that a device of the stage would hold.
  public let peak: Bytes

  /// The choices.
  public enum Name: String, CaseIterable, Sendable {
    /// Nothing recomputed.
    case stored
    /// Blocks of the size that Eq. 20 gives.
    case paper
    /// Blocks of one size, the best on the timeline.
    case uniform
    /// Blocks of any sizes, the lowest peak.
    case uneven
    /// One size, in Transformer layers.
    case uniformTransformerLayers
    /// Any sizes, in Transformer layers.
    case unevenTransformerLayers
  }
}

extension Planner {
  /// What every policy would make of one stage of a plan, everything recomputed but under `stored`.
  ///
  /// Only where the peak has a closed form: under one-forward-one-backward and GPipe.
  ///
  /// - Parameters:
  ///   - plan: one stage of a plan that this planner made.
  ///   - layout: the plan's layout.
  /// - Returns: a choice a policy; none where steps are simulated.
  /// - Throws: `OverflowError` for sizes beyond 64 bits.
  public func choices(of plan: StagePlan, in layout: Layout) throws -> [StageChoice] {
    guard plan.moment == nil else { return [] }
    let share = try DeviceShare(layout, cost)
    let stage = plan.parts(layout, cost)[0]
    let problem = try StageActivations.problem(stage, share, cost)
    var sizes = share.sizes(cost)
    let logits = try FixedMemory([stage], share, cost, sizes: &sizes).logits
    // Frameworks count Transformer layers: blocks that begin with attention and end with feed-forward.
    let transformer = problem.grouped(by: 2)
    let rule = try Equation20(layers: problem.layers, streams: cost.connection.streams)
    func choice(_ name: StageChoice.Name, _ blocks: [Int], _ bytes: Int) throws(OverflowError) -> StageChoice {
      StageChoice(name: name, blocks: blocks, peak: try plan.fixed + Bytes(bytes))
    }
    func uniform(
      _ name: StageChoice.Name, _ size: Int, _ problem: RecomputeProblem
    ) throws(OverflowError) -> StageChoice {
      let starts = stride(from: 0, to: problem.layers, by: size)
      return try choice(
        name, starts.map { min(size, problem.layers - $0) }, problem.uniformPeak(blockLayers: size, logits: logits))
    }
    let (uneven, unevenTransformer) = (
      problem.bestUnevenBlocks(logits: logits), transformer.bestUnevenBlocks(logits: logits)
    )
    return [
      try choice(.stored, [], saturatingSum(problem.storedPeak, logits)),
      try uniform(.paper, rule.minimisers[0], problem),
      try uniform(.uniform, problem.bestUniformBlock(logits: logits)?.blockLayers ?? 1, problem),
      try choice(.uneven, uneven.blocks, uneven.peak),
      try uniform(
        .uniformTransformerLayers, transformer.bestUniformBlock(logits: logits)?.blockLayers ?? 1, transformer),
      try choice(.unevenTransformerLayers, unevenTransformer.blocks, unevenTransformer.peak),
    ]
  }
}
