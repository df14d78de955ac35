/// The Transformer layers of each pipeline stage.
///
/// Every stage gets ⌊L/p⌋ layers; the layers left over go to the last stages, which hold fewer microbatches in flight
/// than the first.
public struct StagePartition: Hashable, Sendable {
  /// Consecutive ranges of Transformer layers, a range a stage.
  public let stages: [Range<Int>]

  /// The partition of `layers` layers into `pipeline` stages.
  /// - Parameters:
  ///   - layers: Transformer layers, at least `pipeline`.
  ///   - pipeline: stages, at least 1.
  public init(layers: Int, pipeline: Int) {
    let (share, rest) = layers.quotientAndRemainder(dividingBy: pipeline)
    var start = 0
    stages = (0..<pipeline).map { stage in
      let end = start + share + (stage >= pipeline - rest ? 1 : 0)
      defer { start = end }
      return start..<end
    }
  }
}
