/// Neighbouring layers of a stage that are treated alike.
public struct RecomputeSegment: Hashable, Sendable {
  /// What becomes of a segment's activations between the forward and the backward pass.
  public enum Kind: String, Hashable, Sendable {
    /// One recompute block: only its input streams are held, everything else is made again when its turn comes.
    case recomputed
    /// Every layer keeps its streams and transients; nothing is made again.
    case stored
  }

  /// Which of the two.
  public var kind: Kind
  /// Layers of the segment, at least 1.
  public var layers: Int

  /// A segment of `layers` layers.
  public init(_ kind: Kind, layers: Int) {
    self.kind = kind
    self.layers = layers
  }

  /// Throws unless the segments are a stage of `layers` layers, each segment with at least one.
  static func check(_ segments: [RecomputeSegment], cover layers: Int) throws {
    var left = layers
    for segment in segments where left >= 0 {
      left = segment.layers >= 1 && segment.layers <= left ? left - segment.layers : -1
    }
    guard left == 0 else {
      throw RecomputeProblemError.notACover(segments: segments.map(\.layers), layers: layers)
    }
  }
}
