public import CostModel
public import Planner

/// One value of one option that a search varies.
///
/// The price of a choice is the time of the best plan that makes it, over that of the best of all.
public enum Choice: Hashable, Sendable {
  /// d.
  case data(Int)
  /// t.
  case tensor(Int)
  /// p.
  case pipeline(Int)
  /// e.
  case expert(Int)
  /// c.
  case context(Int)
  /// Sequences of a microbatch.
  case microbatch(Int)
  /// n.
  case streams(Int)
  /// How far the connection's operations are fused.
  case fusion(Fusion)
  /// What data-parallel devices share.
  case zeroStage(ZeroStage)
  /// What the layer functions keep.
  case layerRecompute(RecomputeLevel)
  /// What becomes of the streams.
  case streamRecompute(StreamRecompute)

  /// The choices that a candidate makes.
  static func of(_ candidate: Candidate) -> [Choice] {
    let (layout, setting) = (candidate.layout, candidate.setting)
    return [
      .data(layout.data), .tensor(layout.tensor), .pipeline(layout.pipeline), .expert(layout.expert),
      .context(layout.context), .microbatch(layout.microbatch), .streams(setting.streams), .fusion(setting.fusion),
      .zeroStage(setting.zeroStage), .layerRecompute(setting.layerRecompute),
      .streamRecompute(setting.streamRecompute),
    ]
  }
}
