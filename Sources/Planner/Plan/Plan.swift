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
  /// Transformer layers of each part of the model, front to back.
  public var layersOfParts: [Int] {
    var layers: [Int: Int] = [:]
    for chunk in stages.flatMap(\.chunks) { layers[chunk.part] = chunk.layers.count }
    return layers.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The highest peak of all devices.
  public var peak: Bytes { heaviest.peak }
}

/// One pipeline stage.
public struct StagePlan: Sendable {
  /// Counted from 0.
  public let index: Int
  /// The parts of the model that it holds: one, or a chunk each where the schedule has several.
  public let chunks: [ChunkPlan]
  /// Microbatches whose activations the stage holds at once; of several chunks, the sum.
  public let inFlight: Int
  /// Whether the search for them was exhaustive.
  public let isProvenBest: Bool
  /// The segment at whose backward pass the stage holds most, unless that is in a forward pass or at the loss.
  public let peakSegment: Int
  /// Whether the stage holds most in a forward pass, on the last stage with the logits alive, and not in a backward pass.
  public let peaksAtLoss: Bool
  /// The most that a device of the stage holds; `Planner.memory(of:in:)` has its parts.
  public let peak: Bytes
  /// Weights, gradients and optimizer state of it, and buffers.
  let fixed: Bytes
  /// The peak of a stage that no closed form covers.
  let moment: PeakMoment?

  /// Transformer layers of the first chunk, counted from 0; of a stage with one chunk, all of them.
  public var layers: Range<Int> { chunks[0].layers }
  /// Residual layers, those of prediction modules included.
  public var residualLayers: Int { chunks.reduce(0) { $0 + $1.residualLayers } }
  /// How the residual layers are recomputed, chunk by chunk, front to back.
  public var segments: [RecomputeSegment] { chunks.count == 1 ? chunks[0].segments : chunks.flatMap(\.segments) }
  /// The chunk whose pass it is when the stage holds most.
  public var peakChunk: Int { moment?.chunk ?? 0 }
  /// Layers of each recompute block, front to back.
  public var blocks: [Int] { segments.filter { $0.kind == .recomputed }.map(\.layers) }
  /// Layers of which nothing is recomputed.
  public var storedLayers: Int { segments.reduce(0) { $0 + ($1.kind == .stored ? $1.layers : 0) } }
}

/// A part of the model on a pipeline stage.
public struct ChunkPlan: Sendable {
  /// The part, counted from the front of the model.
  public let part: Int
  /// Transformer layers, counted from 0.
  public let layers: Range<Int>
  /// Residual layers, those of prediction modules included.
  public let residualLayers: Int
  /// Microbatches whose activations the stage holds of it at once.
  public let inFlight: Int
  /// How the residual layers are recomputed, front to back; no block reaches into another chunk.
  public let segments: [RecomputeSegment]
}
