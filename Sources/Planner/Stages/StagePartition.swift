/// The Transformer layers of each pipeline stage.
///
/// Layers and multi-token-prediction modules are counted alike and spread evenly. The modules and the output head stand
/// on the last stage; so the layers left over go to the stages before it, the latest first, as those hold fewer
/// microbatches in flight than the first.
public struct StagePartition: Hashable, Sendable {
  /// Consecutive ranges of Transformer layers, a range a stage.
  public let stages: [Range<Int>]

  /// The even partition.
  ///
  /// - Parameters:
  ///   - layers: Transformer layers, at least `pipeline`.
  ///   - predictionModules: modules on the last stage.
  ///   - pipeline: stages, at least 1.
  public init(layers: Int, predictionModules: Int = 0, pipeline: Int) {
    guard pipeline > 1 else {
      self.init([layers])
      return
    }
    // Every other stage keeps at least one layer.
    let last = max(1, min((layers + predictionModules) / pipeline - predictionModules, layers - pipeline + 1))
    let (share, rest) = (layers - last).quotientAndRemainder(dividingBy: pipeline - 1)
    var sizes = Array(repeating: share, count: pipeline)
    for stage in pipeline - 1 - rest..<pipeline - 1 { sizes[stage] += 1 }
    sizes[pipeline - 1] = last
    self.init(sizes)
  }

  /// A partition into stages of these numbers of layers.
  public init(_ sizes: [Int]) {
    var start = 0
    stages = sizes.map { size in
      defer { start += size }
      return start..<start + size
    }
  }
}
