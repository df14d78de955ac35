public import CostModel
public import Quantities

/// What a training step of a model takes on one kind of device in one layout.
public struct Plan: Sendable {
  /// The layout.
  public let layout: Layout
  /// Every pipeline stage, front to back.
  public let stages: [StagePlan]
  /// The stage with the highest peak, counted from 0; of several, the first.
  public let heaviestStage: Int
  /// The time of a step.
  public let time: PlanTime
  /// Whether it fits.
  public let verdict: Verdict

  /// The stage that decides whether the plan fits.
  public var heaviest: StagePlan { stages[heaviestStage] }
  /// The highest peak of all devices.
  public var peak: Bytes { heaviest.peak }
}

/// One pipeline stage.
public struct StagePlan: Sendable {
  /// Counted from 0.
  public let index: Int
  /// Transformer layers, counted from 0.
  public let layers: Range<Int>
  /// Residual layers, those of prediction modules included.
  public let residualLayers: Int
  /// Microbatches whose activations the stage holds at once.
  public let inFlight: Int
  /// How the residual layers are recomputed, front to back.
  public let segments: [RecomputeSegment]
  /// Whether the search for them was exhaustive.
  public let isProvenBest: Bool
  /// The segment at whose backward pass the stage holds most, unless that is at the loss.
  public let peakSegment: Int
  /// Whether the stage holds most at the loss, with the logits alive, and not in the backward pass.
  public let peaksAtLoss: Bool
  /// The most that a device of the stage holds; `Planner.memory(of:in:)` has its parts.
  public let peak: Bytes
  /// Weights, gradients and optimizer state of it, and buffers.
  let fixed: Bytes

  /// Layers of each recompute block, front to back.
  public var blocks: [Int] { segments.filter { $0.kind == .recomputed }.map(\.layers) }
  /// Layers of which nothing is recomputed.
  public var storedLayers: Int { segments.reduce(0) { $0 + ($1.kind == .stored ? $1.layers : 0) } }
}
